"""What a report says, section by section: words for HTML, numbers for its script."""

from collections.abc import Callable, Mapping
from typing import cast

import polars as pl

from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.words import counted
from forecast_rnn.evaluation.verdict import NETWORK, SEASONAL_NAIVE
from forecast_rnn.kinds import CLASSES, VALUES, Kind
from forecast_rnn.output.by_item import forecasts_by_item
from forecast_rnn.output.readable import number, percent, plain
from forecast_rnn.output.report.classes import class_sections
from forecast_rnn.output.report.evidence import baseline_label
from forecast_rnn.output.report.figures import (
    Figure,
    race_figure,
    training_figure,
)
from forecast_rnn.output.report.outcome import (
    UNSTEADY,
    Entry,
    Outcome,
    Sections,
    versions,
    warnings_of,
)
from forecast_rnn.output.report.pictures import pictures
from forecast_rnn.output.report.scoreboard import scoreboard
from forecast_rnn.output.report.trust import interval_of, standing, tiles
from forecast_rnn.tables import ITEM, level_text

Json = dict[str, object]

ENDS = 8  # series listed at either end
ALL = 20  # series up to which all are listed
_PACES = {"mo": "month", "q": "month", "y": "year", "d": "day", "b": "day", "w": "day"}
_PACES |= dict.fromkeys(("us", "ms", "s"), "second")
_PERIODS = {"s": "second", "m": "minute", "h": "hour", "d": "day", "b": "business day"}
_PERIODS |= {"w": "week", "mo": "month", "q": "quarter", "y": "year"}


def content(outcome: Outcome) -> tuple[Json, Json]:
    """Return what the template shows and what the script draws."""
    parts = SECTIONS[outcome.task.kind](outcome)
    figures = {**parts.figures, **_training_figures(outcome)}
    models, columns = scoreboard(outcome.scores)
    shared: Json = {
        "baseline": parts.baseline,
        "interval": parts.interval,
        "metric": outcome.verdict.metric.upper(),
        "target": plain(outcome.panel.schema.target),
        "time": plain(outcome.panel.schema.timestamp),
    }
    words: Json = {
        "title": plain(outcome.title),
        "about": [plain(line) for line in _about(outcome)],
        "sentences": outcome.verdict.sentences,
        "standing": standing(outcome.verdict),
        "tiles": parts.tiles,
        "error": parts.error,
        "models": [plain(model.replace("_", " ")) for model in models],
        "network": models.index(NETWORK) if NETWORK in models else -1,
        "columns": columns,
        "lists": parts.lists,
        "series": len(outcome.panel.order),
        "horizon": outcome.task.horizon,
        "drawn": parts.drawn,
        "figures": figures,
        "facts": {plain(name): plain(number(fact)) for name, fact in outcome.facts.items()},
        "warnings": [plain(warning) for warning in warnings_of(outcome)],
        "sources": _sources(outcome),
        "trained": bool(outcome.trials or outcome.curve or "steps" in outcome.settings),
        "settings": _settings(outcome),
        "command": plain(outcome.command),
        "versions": versions(),
    }
    data: Json = {name: figure.data | {"words": figure.words} for name, figure in figures.items()}
    data |= {"pictures": parts.drawn, "pace": _pace(outcome.panel), "scores": parts.numbers}
    data["period"] = _period(outcome.panel)
    return words | shared, data | shared


def _training_figures(outcome: Outcome) -> dict[str, Figure]:
    figures = {
        "race": race_figure(outcome.trials, outcome.settings),
        "training": training_figure(outcome.curve),
    }
    return {name: figure for name, figure in figures.items() if figure is not None}


def _value_sections(outcome: Outcome) -> Sections:
    by_series = outcome.evidence.by_series
    drawn = _pictures(outcome)
    return Sections(
        tiles=tiles(outcome),
        figures=outcome.evidence.figures,
        error="error",
        baseline=baseline_label(outcome.task),
        interval=interval_of(outcome.task),
        lists=_lists(outcome, by_series),
        drawn=drawn,
        numbers=_numbers(by_series, drawn),
    )


SECTIONS: Mapping[Kind, Callable[[Outcome], Sections]] = {
    VALUES: _value_sections,
    CLASSES: class_sections,
}
"""What a report says of forecasts of each kind."""


def _pictures(outcome: Outcome) -> Json:
    panel, task = outcome.panel, outcome.task
    forecasts, tested = forecasts_by_item(outcome.forecast, panel, task), outcome.evidence.windows
    assert tested is not None, "there are windows of values"
    drawn = pictures(panel, task, forecasts=forecasts, tested=tested)
    names, simple = panel.names(), set(outcome.fallback)
    for entry in cast("list[Json]", drawn["series"]):
        if names[cast("int", entry["item"])] in simple:
            entry["simple"] = 1
    return drawn


def _about(outcome: Outcome) -> list[str]:
    """Return what is forecast, in a few short parts."""
    names = ("target", "time", "id")
    parts = [str(outcome.facts[name]) for name in names if name in outcome.facts]
    return [*parts, f"{counted(outcome.task.horizon, 'step')} ahead"]


def _lists(outcome: Outcome, by_series: pl.DataFrame) -> list[tuple[str, list[Entry]]]:
    """Return the worst and the best series; all of them in one list if they are few."""
    ranked = by_series.drop_nulls(NETWORK).sort(NETWORK, descending=True, maintain_order=True)
    if ranked.height < 2:
        return []
    names = outcome.panel.names()
    if ranked.height <= ALL:
        return [("All series, the worst first", _entries(ranked, names))]
    worst, best = ranked.head(ENDS), ranked.tail(ENDS).reverse()
    return [
        (f"The {ENDS} worst", _entries(worst, names)),
        (f"The {ENDS} best", _entries(best, names)),
    ]


def _entries(rows: pl.DataFrame, names: list[str]) -> list[Entry]:
    columns = (rows[name].to_list() for name in (ITEM, NETWORK, SEASONAL_NAIVE, "coverage"))
    return [
        Entry(
            item=item,
            name=plain(names[item]),
            network=_error(error),
            baseline=_error(reference),
            saved=percent(1 - error / reference) if reference else "-",
            coverage=percent(coverage),
        )
        for item, error, reference, coverage in zip(*columns, strict=True)
    ]


def _error(value: float | None) -> str:
    """Write an error with three decimals, and a large one with four digits."""
    return number(value) if value is None or value >= 10 else f"{value:.3f}"


def _numbers(by_series: pl.DataFrame, drawn: Json) -> dict[str, list[float | None]]:
    """Return the errors of network and seasonal naive, and the coverage, of what is drawn."""
    items = [entry["item"] for entry in cast("list[Json]", drawn["series"])]
    table = by_series.filter(pl.col(ITEM).is_in(items))
    columns = table.select(NETWORK, SEASONAL_NAIVE, "coverage")
    rounded = columns.with_columns(pl.all().round_sig_figs(4)).rows()
    return {str(item): list(row) for item, row in zip(table[ITEM], rounded, strict=True)}


def _settings(outcome: Outcome) -> dict[str, str]:
    steady = {name: value for name, value in outcome.settings.items() if name not in UNSTEADY}
    written = {name.replace("_", " "): _setting(value) for name, value in steady.items()}
    levels = ", ".join(f"{level_text(level)}" for level in outcome.task.quantile_levels)
    return written | {"quantiles": levels} if levels else written


def _sources(outcome: Outcome) -> list[tuple[str, str, str, str]]:
    """Return what each source was worth: its name, its loss, its weight, and that as a number."""
    return [
        (
            plain(one.name.replace("_", " ")),
            _error(one.score),
            percent(one.weight),
            f"{one.weight:.4f}",
        )
        for one in outcome.worth
    ]


def _setting(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
        case tuple():
            return ", ".join(map(str, value)) or "none"
    return plain(number(value))


def _pace(panel: Panel) -> str:
    """Say how fine times are shown: `integer`, `second`, `clock`, `day`, `month` or `year`."""
    if panel.schema.time_type == "integer":
        return "integer"
    return _PACES.get(panel.frequency.unit, "clock")


def _period(panel: Panel) -> str:
    """Name what a step is: `week`, or `step` where a row is not one of what has a name."""
    frequency = panel.frequency
    is_named = panel.schema.time_type != "integer" and frequency.count == 1
    return _PERIODS.get(frequency.unit, "step") if is_named else "step"
