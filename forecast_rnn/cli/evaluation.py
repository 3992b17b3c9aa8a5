"""What commands that train and test have to say in common."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from forecast_rnn.cli.console import show_table, show_text
from forecast_rnn.output.readable import numbers

if TYPE_CHECKING:
    import polars as pl


SHOWN = {"accuracy": "accuracy", "log_loss": "log loss", "brier_score": "Brier score"}
SHOWN |= {"calibration_error": "calibration error"}
SHOWN |= {"mase": "MASE", "smape": "sMAPE", "mae": "MAE", "rmse": "RMSE"}
GATE_FAILED = 80


def default_folder(data: str, what: str) -> Path:
    """Return `NAME-WHAT` for the data file NAME.csv or NAME.csv.gz."""
    name = "stdin" if data == "-" else Path(data).name
    stem = Path(name.removesuffix(".gz").removesuffix(".zst")).stem
    return Path(f"{stem}-{what}")


def show_scores(scores: Mapping[str, Mapping[str, float | None]]) -> None:
    """Show a row for each model, and nothing when nothing could be compared."""
    if not scores:
        return
    labels = metric_labels(next(iter(scores.values())))
    columns = [numbers([values[metric] for values in scores.values()]) for metric in labels]
    header = ["model", *labels.values()]
    show_table(header, zip(scores, *columns, strict=True), numbers=header[1:])
    show_text()


def metric_labels(metrics: Mapping[str, object]) -> dict[str, str]:
    """Choose the metrics for the terminal and name them; `coverage_80` should come to 0.8."""
    labels = SHOWN | {
        metric: f"coverage ({int(metric.removeprefix('coverage_')) / 100:g})"
        for metric in metrics
        if metric.startswith("coverage_")
    }
    return {metric: label for metric, label in labels.items() if metric in metrics}


def scores_by_model(scores: "pl.DataFrame") -> dict[str, dict[str, float | None]]:
    """Turn rows of model, metric and value into metrics by model."""
    table: dict[str, dict[str, float | None]] = {}
    for model, metric, value in scores.iter_rows():
        table.setdefault(model, {})[metric] = value
    return table
