"""Sets with an official split: what is given, what is asked, and what a forecast of it is worth."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from forecast_rnn.baselines import baseline_table
from forecast_rnn.config import Task
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels import origins
from forecast_rnn.data.read import panel_from_frame
from forecast_rnn.tables import FORECAST, ITEM, STEP
from tests.benchmarks.scoreboard.arithmetic import SERIES, Scores, error_scales, judge, owa
from tests.benchmarks.scoreboard.cost import Cost, run

Facts = Mapping[str, Any]

OFFSETS = {"M": "mo"}
"""Frequencies of the registry that the command does not write in the same letter."""


@dataclass(frozen=True)
class Split:
    """A set, cut into what is given and what is asked.

    Attributes:
        history: Rows that are given: `unique_id`, `ds`, `y`, by series, then time.
        target: Rows that are asked, likewise, at most a horizon of each series.
        horizon: Steps to forecast.
        season: Rows of the season that errors are scaled by.
        frequency: What a step is, where times are integers; else None.
    """

    history: pl.DataFrame
    target: pl.DataFrame
    horizon: int
    season: int
    frequency: str | None


def split(source: Path, facts: Facts, back: int = 0) -> Split:
    """Cut a set at its official split, or before it.

    Args:
        source: Folder of the set. If it has `val.parquet`, these rows are given too.
        facts: Entry of the registry: `h` is the horizon, `m` the season, `freq` the frequency.
        back: How many horizons before the end of what is given to cut; 0 for the official
            split. Series that would keep fewer rows than are asked of them are then left out.
    """
    horizon = facts["h"]
    given = [source / "train.parquet", source / "val.parquet"]
    rows = pl.concat(_rows(path) for path in given if path.exists()).sort(SERIES, "ds")
    if back:
        # Rows to the end of the series, with the row itself.
        left = pl.int_range(pl.len(), 0, -1).over(SERIES)
        rows = rows.filter(pl.len().over(SERIES) >= (back + 1) * horizon)
        begin, end = back * horizon, (back - 1) * horizon
        target = rows.filter((left <= begin) & (left > end))
        rows = rows.filter(left > begin)
    else:
        test = _rows(source / "test.parquet").sort(SERIES, "ds")
        target = test.filter(pl.int_range(pl.len()).over(SERIES) < horizon)
    letter = OFFSETS.get(facts["freq"], facts["freq"].lower())
    frequency = letter if rows["ds"].dtype.is_integer() else None
    return Split(rows, target, horizon, facts["m"], frequency)


def measure(words: Sequence[str], cut: Split, options: Sequence[str]) -> tuple[Cost, Scores]:
    """Run a command on what is given, and score its forecast.

    Args:
        words: Program and command, such as `forecast-rnn train`.
        cut: The set.
        options: What the command is given beside what a set takes.

    Returns:
        What the run cost, and the scores of `judge`.

    Raises:
        RunFailed: The command did not end well.
    """
    with tempfile.TemporaryDirectory() as folder:
        data, out = Path(folder) / "data.csv", Path(folder) / "out"
        cut.history.write_csv(data)
        command = [*words, str(data), "--horizon", str(cut.horizon), "--out", str(out)]
        command += ["--freq", cut.frequency] if cut.frequency else []
        cost = run([*command, *options], Path(folder) / "log")
        forecast = pl.read_csv(out / "forecast.csv", schema_overrides={SERIES: pl.String})
    step = pl.int_range(1, pl.len() + 1).over(SERIES).alias(STEP)
    return cost, judge(beside(cut, forecast.with_columns(step)))


def beside(cut: Split, forecast: pl.DataFrame) -> pl.DataFrame:
    """Put a forecast beside what came true: rows as `judge` takes them.

    Args:
        cut: The set.
        forecast: Columns `unique_id`, `step` from 1, `forecast`, and quantiles; any order of rows.
    """
    step = pl.int_range(1, pl.len() + 1).over(SERIES).alias(STEP)
    asked = cut.target.select(SERIES, step, pl.col("y").alias("actual"))
    forecast = forecast.with_columns(pl.col(STEP).cast(asked[STEP].dtype))
    rows = asked.join(forecast, on=[SERIES, STEP], how="left", maintain_order="left")
    assert rows[FORECAST].null_count() == 0, "a series has no forecast"
    scales = error_scales(cut.history, cut.season)
    return rows.join(scales, on=SERIES, how="left", maintain_order="left")


def baseline_scores(cut: Split, name: str) -> Scores:
    """Score a baseline of the package on a set, with the season that errors are scaled by."""
    hints = Hints(time="ds", target=("y",), item_id=(SERIES,), frequency=cut.frequency)
    panel, _ = panel_from_frame(cut.history, hints)
    task = Task(horizon=cut.horizon, season_length=cut.season)
    table = baseline_table(name, panel, origins.last(panel), task)
    ids = panel.items[table[ITEM]].select(pl.col(SERIES).cast(pl.String))
    return judge(beside(cut, pl.concat([ids, table.select(STEP, FORECAST)], how="horizontal")))


def with_references(name: str, cut: Split, scores: Scores, facts: Facts, back: int) -> Scores:
    """Add the MASE of the seasonal naive, and OWA for sets of the M4 competition.

    OWA is by the organisers' figures of Naive2, and before the official rows, where they gave
    none, by Naive2 of the package.
    """
    weighted = None
    if name.startswith("m4"):
        naive2 = baseline_scores(cut, "naive2") if back else facts["bench"]["naive2"]
        weighted = owa(scores, naive2)
    return scores | {
        "owa": weighted,
        "seasonal_naive": baseline_scores(cut, "seasonal_naive")["mase"],
    }


def _rows(path: Path) -> pl.DataFrame:
    return pl.read_parquet(path, columns=[SERIES, "ds", "y"]).with_columns(
        pl.col(SERIES).cast(pl.String)
    )
