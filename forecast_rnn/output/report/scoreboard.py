"""The scores as a table with the best of each marked, and the trials as curves."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from forecast_rnn.output.readable import number, numbers, plain

Row = Mapping[str, object]

WORDS = {
    "accuracy": ("accuracy", "share of forecasts whose class came true"),
    "log_loss": ("log loss", "mean -ln of the probability that the class had which came true"),
    "brier_score": ("Brier score", "squared error of the probabilities, summed over classes"),
    "calibration_error": (
        "calibration error",
        "mean distance between the probability of a forecast class and how often it comes true",
    ),
    "mase": ("MASE", "error over that of the seasonal naive on the rows before; 1 is as large"),
    "owa": ("OWA", "mean of sMAPE and MASE, each over that of Naive2; below 1 is better than it"),
    "smape": ("sMAPE", "absolute error in percent of forecast and actual, symmetric"),
    "mae": ("MAE", "mean absolute error, in units of the data"),
    "rmse": ("RMSE", "root mean squared error, which large errors dominate"),
    "rmsse": (
        "RMSSE",
        "root mean squared error over that of the seasonal naive before",
    ),
    "mape": ("MAPE", "absolute error in percent of the actual value"),
    "weighted_quantile_loss": ("WQL", "loss of all quantiles over the size of the data"),
    "quantile_loss": ("quantile loss", "mean pinball loss of all quantiles"),
    "crps": ("CRPS", "distance of the forecast distribution from the actual value, by quantiles"),
    "bias": ("bias", "mean error; above 0 the forecasts are too high"),
    "coverage": ("coverage {}%", "share of actual values inside this interval; best is {}%"),
    "interval_width": ("width {}%", "mean width of this interval, in units of the data"),
    "msis": ("MSIS {}%", "width of this interval and what misses it, over the scale of MASE"),
}
"""Labels and what they mean, in the order of the table; `{}` is the share of an interval."""
_FIRST = (
    *("accuracy", "log_loss", "brier_score", "calibration_error"),
    *("mase", "smape", "mae", "rmse", "weighted_quantile_loss", "bias", "coverage"),
)
_AIMS = {"accuracy": 1.0}  # where it is not 0
_UNRANKED = ("interval_width",)  # narrow is good only with the right coverage


@dataclass(frozen=True, slots=True)
class Column:
    """A metric of all models.

    Attributes:
        name: As in `scores.csv`.
        label: For people.
        meaning: In a few words.
        main: Whether it is among those shown first.
        cells: A text a model.
        best: Whether a model is the best, a flag a model.
    """

    name: str
    label: str
    meaning: str
    main: bool
    cells: tuple[str, ...]
    best: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """The trials of one candidate.

    Attributes:
        label: What sets it apart from the others.
        steps: Optimisation steps, increasing.
        scores: Less is better.
        chosen: Which of the trials was chosen, or None.
    """

    label: str
    steps: tuple[int, ...]
    scores: tuple[float, ...]
    chosen: int | None


def scoreboard(scores: pl.DataFrame) -> tuple[list[str], list[Column]]:
    """Return the models and the metrics that are defined for any of them."""
    models = scores["model"].unique(maintain_order=True).to_list()
    known = {(model, metric): value for model, metric, value in scores.iter_rows()}
    columns = []
    for metric in _in_order(scores["metric"].unique(maintain_order=True).to_list()):
        values = [_defined(known.get((model, metric))) for model in models]
        if any(value is not None for value in values):
            columns.append(_column(metric, values))
    return models, columns


def curves(trials: Sequence[Row], settings: Row) -> list[Curve]:
    """Turn trials into a curve a candidate.

    Args:
        trials: What each was trained with, its `steps` and its `score`.
        settings: Of the network that was chosen, by the same names.
    """
    fields = _telling([{**trial, "steps": 0, "score": 0} for trial in trials])
    by_label: dict[str, list[Row]] = {}
    for trial in trials:
        label = ", ".join(_setting(field, trial[field]) for field in fields) or "the network"
        by_label.setdefault(label, []).append(trial)
    raced = []
    for label, rows in by_label.items():
        rows = sorted(rows, key=lambda row: int(str(row["steps"])))
        picked = [place for place, row in enumerate(rows) if _is_chosen(row, settings)]
        raced.append(
            Curve(
                label=label,
                steps=tuple(int(str(row["steps"])) for row in rows),
                scores=tuple(float(str(row["score"])) for row in rows),
                chosen=picked[0] if picked else None,
            )
        )
    return raced


def _in_order(metrics: list[str]) -> list[str]:
    place = {name: rank for rank, name in enumerate(dict.fromkeys([*_FIRST, *WORDS]))}
    return sorted(metrics, key=lambda metric: place.get(_split(metric)[0], len(place)))


def _split(metric: str) -> tuple[str, str]:
    """Take the share of an interval off a metric: `coverage_80` is `coverage` and `80`."""
    match = re.fullmatch(r"(\w+?)_(\d+)", metric)
    return (match[1], match[2]) if match and match[1] in WORDS else (metric, "")


def _column(metric: str, values: list[float | None]) -> Column:
    name, share = _split(metric)
    label, meaning = WORDS.get(name, (metric.replace("_", " "), ""))
    ranks = _ranks(name, share, values)
    least = min((rank for rank in ranks if rank is not None), default=None)
    contested = sum(rank is not None for rank in ranks) > 1
    return Column(
        name=metric,
        label=label.format(share),
        meaning=meaning.format(share),
        main=name in _FIRST,
        cells=tuple(numbers(values)),
        best=tuple(contested and rank is not None and rank == least for rank in ranks),
    )


def _ranks(name: str, share: str, values: list[float | None]) -> list[float | None]:
    """Return how far values are from the best possible; None where no one can say."""
    if name in _UNRANKED or name not in WORDS:
        return [None] * len(values)
    aim = float(share or 80) / 100 if name == "coverage" else _AIMS.get(name, 0.0)
    return [None if value is None else abs(value - aim) for value in values]


def _defined(value: float | None) -> float | None:
    return value if value is not None and abs(value) < float("inf") else None


def _telling(rows: Sequence[Row]) -> list[str]:
    """Choose the fields that tell the rows apart, as few as can be."""
    fields: list[str] = []
    for field in rows[0] if rows else ():
        more = [*fields, field]
        if len({_key(row, more) for row in rows}) > len({_key(row, fields) for row in rows}):
            fields = more
    return fields


def _key(row: Row, fields: Sequence[str]) -> tuple[str, ...]:
    return tuple(str(row[field]) for field in fields)


def _setting(field: str, value: object) -> str:
    words = plain(field.replace("_", " "))
    if value is True:
        return words
    return f"no {words}" if value is False else f"{words} {plain(number(value))}"


def _is_chosen(trial: Row, settings: Row) -> bool:
    return all(settings.get(field) == value for field, value in trial.items() if field != "score")
