"""What a report is made of."""

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version

import polars as pl

from forecast_rnn import __version__
from forecast_rnn.config import Task
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.words import counted, listed
from forecast_rnn.evaluation.verdict import Verdict
from forecast_rnn.evaluation.worth import Worth
from forecast_rnn.output.readable import plain
from forecast_rnn.output.report.evidence import Evidence
from forecast_rnn.output.report.figures import Figure

LIBRARIES = ("numpy", "polars", "torch")
LISTED = 20  # names of series
UNSTEADY = ("seconds",)  # settings that would make another file of each run

Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """What a report says of values in one way and of classes in another.

    Attributes:
        tiles: The figures on top: what they are of, the figure, and what to hold it against.
        figures: Over all series, by name.
        error: What is called an error, in the words of a sentence.
        baseline: What errors are compared with.
        interval: The share of the widest interval, empty without one.
        lists: Of series, by heading.
        drawn: What the page draws of each series.
        numbers: The scores of the series that are drawn.
    """

    tiles: list[tuple[str, str, str]]
    figures: dict[str, Figure]
    error: str
    baseline: str
    interval: str = ""
    lists: list[tuple[str, list["Entry"]]] = field(default_factory=list)
    drawn: Json = field(default_factory=lambda: {"series": []})
    numbers: dict[str, list[float | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A series in a list: its errors, written for people."""

    item: int
    name: str
    network: str
    baseline: str
    saved: str
    coverage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a training brought, as tables and plain values.

    Attributes:
        title: What the data are called.
        panel: The series with all known rows.
        task: Horizon, season and quantile levels.
        forecast: After the last row of each series, as users see it; None if there is none.
        evidence: What of the backtest is shown.
        scored: Scores of each model on each series, as `scores_by_item` of the workbook returns
            them; None where there is to be no workbook.
        scores: Columns `model`, `metric`, `value`.
        verdict: What the backtest says of the network.
        facts: What the data were taken to be.
        warnings: What a user should know, one sentence each.
        missing: Names of the series without a forecast.
        fallback: Names of the series whose forecast is not the network's.
        settings: Of the network and its training.
        trials: What each candidate of the race was trained with, by the names of `settings`,
            with its `steps` and its `score`.
        curve: Steps of the final training, and the loss after them.
        worth: Of each source that the forecast combines; none if it combines nothing.
        command: The command that does the same again.
    """

    title: str
    panel: Panel
    task: Task
    forecast: pl.DataFrame | None
    evidence: Evidence
    scored: pl.DataFrame | None = None
    scores: pl.DataFrame
    verdict: Verdict
    facts: Mapping[str, object]
    warnings: tuple[str, ...]
    missing: tuple[str, ...]
    settings: Mapping[str, object]
    trials: tuple[Mapping[str, object], ...]
    curve: tuple[tuple[int, float], ...] = ()
    worth: tuple[Worth, ...] = ()
    fallback: tuple[str, ...] = ()
    command: str


def warnings_of(outcome: Outcome) -> list[str]:
    """Return what a user should know, and which series have no forecast."""
    missing = outcome.missing
    if not missing:
        return list(outcome.warnings)
    have = "has" if len(missing) == 1 else "have"
    names = listed([plain(name) for name in missing], LISTED)
    return [*outcome.warnings, f"{counted(len(missing), 'series')} {have} no forecast: {names}."]


def versions() -> dict[str, str]:
    """Return the versions of what made the outcome."""
    ours = {"forecast-rnn": __version__, "Python": platform.python_version()}
    return ours | {name: version(name) for name in LIBRARIES}
