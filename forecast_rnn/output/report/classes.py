"""What a report says of classes: figures on top, errors by step, and whether probabilities hold."""

import polars as pl

from forecast_rnn.data.table import counted
from forecast_rnn.output.readable import number, percent, plain
from forecast_rnn.output.report.figures import Figure, reliability_figure, skill_figure
from forecast_rnn.output.report.outcome import Outcome, Sections
from forecast_rnn.tables import ACTUAL, FORECAST, rows_of_model
from forecast_rnn.verdict import NETWORK

CLIMATOLOGY = "climatology"


def class_sections(outcome: Outcome, rows: pl.DataFrame) -> Sections:
    """Compare the network with the best baseline; series are not pictured.

    Args:
        outcome: What the training brought.
        rows: Of its backtest, comparable.
    """
    best = str(outcome.verdict.best_baseline)
    label = plain(best.replace("_", " "))
    return Sections(
        tiles=_tiles(outcome, label) if outcome.verdict.errors else [],
        figures=_figures(outcome, rows, best, label) if outcome.verdict.errors else {},
        error="share of wrong classes",
        baseline=label,
    )


def _figures(outcome: Outcome, rows: pl.DataFrame, best: str, label: str) -> dict[str, Figure]:
    wrong = (pl.col(FORECAST) != pl.col(ACTUAL)).cast(pl.Float64)
    own = rows_of_model(rows, NETWORK)
    return {
        "skill": skill_figure(rows.with_columns(error=wrong), (NETWORK, best), label),
        "reliability": reliability_figure(own, outcome.task),
    }


def _tiles(outcome: Outcome, label: str) -> list[tuple[str, str, str]]:
    found = outcome.verdict
    other = percent(1 - found.errors[str(found.best_baseline)])
    score = {(model, metric): value for model, metric, value in outcome.scores.iter_rows()}
    usual = number(score[CLIMATOLOGY, "log_loss"])
    return [
        ("Right class", percent(1 - found.errors[NETWORK]), f"{label} {other}"),
        ("Log loss", number(score[NETWORK, "log_loss"]), f"class frequencies {usual}"),
        (
            "Calibration error",
            percent(score[NETWORK, "calibration_error"]),
            "of the probabilities; best is 0",
        ),
        (
            "Tested on",
            counted(found.windows, "forecast"),
            f"of {counted(outcome.task.horizon, 'step')}",
        ),
    ]
