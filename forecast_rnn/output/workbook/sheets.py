"""The tables of a workbook: scores by model, scores by series, and how it all came about."""

from collections.abc import Iterator, Sequence

import polars as pl

from forecast_rnn.config import Task
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.evaluation.metrics import comparable, series_scores
from forecast_rnn.evaluation.value_metrics import score_names
from forecast_rnn.output.publish import free_name, shown_order
from forecast_rnn.output.readable import number, plain
from forecast_rnn.output.report.outcome import UNSTEADY, Outcome, versions, warnings_of
from forecast_rnn.output.report.scoreboard import scoreboard
from forecast_rnn.output.tables import rounded
from forecast_rnn.tables import CUTOFF, ITEM, MODEL, level_text

SUMMARY = ("mase", "smape", "mae", "rmse", "bias", "coverage")
WINDOWS = "windows"
SHARE = "0.0%"


def scores_table(outcome: Outcome) -> pl.DataFrame:
    """Return a row a model and a column a metric that is defined for any, as in scores.csv."""
    _, columns = scoreboard(outcome.scores)
    names = [column.name for column in columns]
    kept = rounded(outcome.scores).filter(pl.col("metric").is_in(names))
    wide = kept.pivot(on="metric", index=MODEL, values="value", maintain_order=True)
    return wide.select(MODEL, *names)


def scores_by_item(backtest: pl.DataFrame, panel: Panel, task: Task) -> pl.DataFrame:
    """Score each model on each series: `item`, `model`, `windows` and metrics, as output sorts."""
    rows = comparable(backtest)
    names = score_names(task.quantile_levels)
    metrics = [metric for metric in SUMMARY if metric in names]
    windows = rows.group_by(ITEM, pl.col(MODEL).cast(pl.String)).agg(
        pl.col(CUTOFF).n_unique().alias(WINDOWS)
    )
    scored = (
        series_scores(rows, task, metrics=metrics)
        .join(windows, on=[ITEM, MODEL], maintain_order="left")
        .select(ITEM, MODEL, WINDOWS, *(pl.col(metric).alias(names[metric]) for metric in metrics))
    )
    rank = shown_order(panel)[scored[ITEM].to_numpy()]
    return scored.select(pl.all().sort_by(pl.Series(rank), maintain_order=True))


def backtest_table(scored: pl.DataFrame, panel: Panel) -> pl.DataFrame:
    """Put the names of series for their numbers in what `scores_by_item` returns."""
    users = panel.items.columns
    ids = panel.items.select(pl.all().gather(scored[ITEM]))
    others = scored.drop(ITEM)
    return pl.DataFrame([*ids, *(column.alias(free_name(column.name, users)) for column in others)])


def settings_rows(outcome: Outcome) -> Iterator[tuple[str, str, str | int | float]]:
    """Yield section, name and value of all there is to say about a training."""
    levels = ", ".join(f"{level_text(level)}" for level in outcome.task.quantile_levels)
    settings = {name: v for name, v in outcome.settings.items() if name not in UNSTEADY}
    sections: dict[str, dict[str, object]] = {
        "verdict": _numbered(outcome.verdict.sentences),
        "again": {"command": outcome.command},
        "found": dict(outcome.facts),
        "settings": {**settings, "quantiles": levels},
        "warnings": _numbered(warnings_of(outcome)),
        "versions": dict(versions()),
    }
    for section, values in sections.items():
        for name, value in values.items():
            yield section, plain(str(name).replace("_", " ")), _value(value)


def _numbered(sentences: Sequence[str]) -> dict[str, object]:
    return {str(place): sentence for place, sentence in enumerate(sentences, 1)}


def _value(value: object) -> str | int | float:
    match value:
        case bool():
            return "yes" if value else "no"
        case int():
            return value
        case float() if abs(value) < float("inf"):
            return value
        case tuple():
            return ", ".join(map(str, value)) or "-"
    return plain(number(value))
