"""What of a backtest a report shows; so little that the rows need not be kept for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from forecast_rnn.config import Task
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.evaluation.metrics import comparable
from forecast_rnn.evaluation.verdict import NETWORK, SEASONAL_NAIVE, Verdict
from forecast_rnn.kinds import CLASSES, VALUES, Kind
from forecast_rnn.output.readable import plain
from forecast_rnn.output.report.accuracy import scaled_errors, scores_by_series
from forecast_rnn.output.report.figures import (
    Figure,
    coverage_figure,
    errors_figure,
    reliability_figure,
    skill_figure,
)
from forecast_rnn.output.report.pictures import Tested, windows_of
from forecast_rnn.tables import ACTUAL, FORECAST, ITEM, models_of, rows_of_model


@dataclass(frozen=True, slots=True)
class Evidence:
    """What of a backtest a report shows.

    Attributes:
        figures: Over all series, by name.
        by_series: Scores of network and seasonal naive on each series: `item`, `coverage`, and
            the two; no rows of classes.
        windows: What is drawn of series; None of classes, which are not drawn.
    """

    figures: dict[str, Figure]
    by_series: pl.DataFrame
    windows: Tested | None


def evidence_of(backtest: pl.DataFrame, panel: Panel, task: Task, verdict: Verdict) -> Evidence:
    """Gather what of a backtest a report shows.

    Args:
        backtest: A forecast table with `actual` and `error_scale`.
        panel: The series.
        task: What is forecast.
        verdict: What the backtest says of the network.
    """
    return EVIDENCE[task.kind](backtest, panel, task, verdict)


def _class_evidence(backtest: pl.DataFrame, panel: Panel, task: Task, verdict: Verdict) -> Evidence:
    rows = comparable(backtest)
    figures = _class_figures(rows, task, verdict) if verdict.errors else {}
    return Evidence(figures, _by_series(rows.clear(), task, verdict), None)


def _value_evidence(backtest: pl.DataFrame, panel: Panel, task: Task, verdict: Verdict) -> Evidence:
    rows = comparable(backtest)
    figures = _figures(rows, task, verdict) if verdict.errors else {}
    by_series = _by_series(rows, task, verdict)
    error, known = np.full(len(panel.order), np.nan), by_series.drop_nulls(NETWORK)
    error[known[ITEM].to_numpy()] = known[NETWORK].to_numpy()
    windows = windows_of(backtest, panel, task, (NETWORK, SEASONAL_NAIVE), error)
    return Evidence(figures, by_series, windows)


EVIDENCE: Mapping[Kind, Callable[[pl.DataFrame, Panel, Task, Verdict], Evidence]] = {
    VALUES: _value_evidence,
    CLASSES: _class_evidence,
}
"""Gathers what a report shows of forecasts of each kind."""


def baseline_label(task: Task) -> str:
    """Name the seasonal naive as people would."""
    return "seasonal naive" if task.season_length > 1 else "naive forecast"


def best_label(verdict: Verdict) -> str:
    """Name the best baseline, written for people."""
    return plain(str(verdict.best_baseline).replace("_", " "))


def _by_series(rows: pl.DataFrame, task: Task, verdict: Verdict) -> pl.DataFrame:
    if not {NETWORK, SEASONAL_NAIVE} <= {*models_of(rows)}:
        schema = {ITEM: pl.Int64} | dict.fromkeys(("coverage", NETWORK, SEASONAL_NAIVE), pl.Float64)
        return pl.DataFrame(schema=schema)
    return scores_by_series(rows, task, [NETWORK, SEASONAL_NAIVE], verdict.metric)


def _figures(rows: pl.DataFrame, task: Task, verdict: Verdict) -> dict[str, Figure]:
    models, label = (NETWORK, SEASONAL_NAIVE), baseline_label(task)
    scaled = verdict.metric == "mase"
    by_model = [rows_of_model(rows, model) for model in models]
    errors = pl.concat([scaled_errors(of_model, scaled=scaled) for of_model in by_model])
    drawn = {
        "skill": skill_figure(errors, models, label),
        "errors": errors_figure(errors, models, label, scaled),
        "coverage": coverage_figure(by_model[0], task),
    }
    return {name: figure for name, figure in drawn.items() if figure is not None}


def _class_figures(rows: pl.DataFrame, task: Task, verdict: Verdict) -> dict[str, Figure]:
    wrong = (pl.col(FORECAST) != pl.col(ACTUAL)).cast(pl.Float64)
    models = (NETWORK, str(verdict.best_baseline))
    return {
        "skill": skill_figure(rows.with_columns(error=wrong), models, best_label(verdict)),
        "reliability": reliability_figure(rows_of_model(rows, NETWORK), task),
    }
