"""Forecasts of classes of the change beside what came true, and what is simpler than a network."""

from collections.abc import Callable
from functools import partial

import numpy as np
import polars as pl
import torch

from forecast_rnn.baselines.simple import seasonal_naive
from forecast_rnn.data.panels.origins import located
from forecast_rnn.data.panels.outcomes import outcomes
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.evaluation.backtest import ForecastFn
from forecast_rnn.evaluation.calibration import ConformityScores
from forecast_rnn.neural.inference.classes import (
    Rows,
    Values,
    changes,
    most_probable,
    numbered,
)
from forecast_rnn.neural.inference.forecaster import Forecaster
from forecast_rnn.neural.network.batch import load_table
from forecast_rnn.tables import ACTUAL, WINDOW, forecast_columns, forecast_table

MOST_SEASONS = 100
"""Seasons before an origin whose changes are counted."""
USUAL_COUNT = 2
"""What the shares at training count for beside these."""


def classes_of(forecaster: Forecaster, panel: Panel, rows: Rows, values: Values) -> Values:
    """Number the classes of the changes that values after origins are, from 1.

    Args:
        forecaster: Gives the classes, and the window that changes are measured by.
        panel: The series; nothing after an origin is read.
        rows: Origins, [B].
        values: In the data's units, [B, H].

    Returns:
        [B, H]; NaN where the value is missing or the window of the origin holds none.
    """
    return _numbering(forecaster, panel)(rows, values)


def with_classes(
    table: pl.DataFrame, forecaster: Forecaster, panel: Panel, rows: Rows
) -> pl.DataFrame:
    """Put the numbers of the classes that came true in place of the values of a backtest.

    Args:
        table: A forecast table with `actual`.
        forecaster: As in `classes_of`.
        panel: The series, with the rows after the origins.
        rows: Origins, all of the table among them, [B].
    """
    number = classes_of(forecaster, panel, rows, outcomes(panel, rows, forecaster.task.horizon))
    outcome = forecast_table(ACTUAL, located(panel, rows), number, columns=())
    outcome = outcome.select(*WINDOW, pl.col("forecast").alias(ACTUAL))
    columns = table.columns
    joined = table.drop(ACTUAL).join(outcome, on=WINDOW, how="left", maintain_order="left")
    return joined.select(columns)


def climatology(forecaster: Forecaster, panel: Panel, rows: Rows) -> pl.DataFrame:
    """Forecast the frequencies of the classes at each step among the rows of training."""
    shares = _usual(forecaster)
    values = np.broadcast_to(shares, (len(rows), *shares.shape))
    return _table("climatology", forecaster, located(panel, rows), most_probable(values), values)


def class_baselines(forecaster: Forecaster) -> dict[str, ForecastFn]:
    """Return what a network has to beat: by name, a function of the panel and the origins.

    `seasonal_naive` says the class of the change to the last value of the same position in the
    season, `majority` the commonest class of all steps; neither has probabilities.
    """
    baselines: dict[str, ForecastFn] = {
        "climatology": partial(climatology, forecaster),
        "majority": partial(_majority, forecaster),
        "seasonal_naive": partial(_seasonal_naive, forecaster),
    }
    if forecaster.task.season_length > 1:
        baselines["seasonal_climatology"] = partial(_seasonal_climatology, forecaster)
    return baselines


def measure_odds(forecaster: Forecaster, panel: Panel, rows: Rows) -> ConformityScores:
    """Measure how probable the class that came true and the others were.

    Args:
        forecaster: Trained on nothing after the first of the origins.
        panel: The series, with the rows after the origins.
        rows: Origins, [B].
    """
    number = classes_of(forecaster, panel, rows, outcomes(panel, rows, forecaster.task.horizon))
    probabilities = forecaster.probabilities(panel, rows)
    logs = np.log(np.maximum(probabilities, np.finfo(np.float64).tiny))
    true = np.where(np.isnan(number), 1, number)[..., None] == np.arange(1, logs.shape[-1] + 1)
    # False sorts before True, so that the class that came true moves to the front, and the sort
    # is stable, so that the others keep their order.
    first = np.argsort(~true, axis=-1, kind="stable")
    logs = np.take_along_axis(logs, first, axis=-1)
    logs[np.isnan(number)] = np.nan
    windows = len(rows) / max(len(np.unique(panel.item_of(rows))), 1)
    return ConformityScores((), windows, logs.astype(np.float32))


def log_loss(odds: ConformityScores) -> float:
    """Return the mean of -log p of the classes that came true; infinite where none is known."""
    losses = -odds.values[..., 0]
    known = losses[~np.isnan(losses)]
    return float(known.mean(dtype=np.float64)) if known.size else np.inf


def _numbering(forecaster: Forecaster, panel: Panel) -> Callable[[Rows, Values], Values]:
    """Return what numbers the classes of values after origins."""
    cpu = torch.device("cpu")
    table = load_table(panel, forecaster.transform, forecaster.floor, cpu)
    edges, model, task = forecaster.classes.edges, forecaster.model, forecaster.task

    def number(rows: Rows, values: Values) -> Values:
        return numbered(changes(table, panel, rows, values, model=model, task=task), edges)

    return number


def _usual(forecaster: Forecaster) -> Values:
    """Return the shares of the classes at training, [H, K]."""
    shares = np.array(forecaster.classes.shares)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _seasonal_climatology(forecaster: Forecaster, panel: Panel, rows: Rows) -> pl.DataFrame:
    """Forecast how often each class followed rows at the same position in the season.

    They are the rows of the same series one, two, … seasons before the origin, as far as what
    followed them was known at the origin; the shares at training count as much as two of them.
    """
    task, first = forecaster.task, panel.indptr[panel.item_of(rows)]
    back = int(min(MOST_SEASONS, (rows - first).max(initial=0) // task.season_length))
    counts = np.tile(USUAL_COUNT * _usual(forecaster), (len(rows), 1, 1))
    numbers = _numbering(forecaster, panel)
    for season in range(1, back + 1):
        place = np.flatnonzero(rows - season * task.season_length >= first)
        before = rows[place] - season * task.season_length
        values = outcomes(panel, before, task.horizon)
        values[:, season * task.season_length :] = np.nan  # not known yet
        number = numbers(before, values)
        for k in range(task.classes):
            counts[place, :, k] += number == k + 1
    values = counts / counts.sum(axis=-1, keepdims=True)
    origins = located(panel, rows)
    return _table("seasonal_climatology", forecaster, origins, most_probable(values), values)


def _majority(forecaster: Forecaster, panel: Panel, rows: Rows) -> pl.DataFrame:
    commonest = np.array(forecaster.classes.shares).mean(axis=0).argmax() + 1.0
    number = np.full((len(rows), forecaster.task.horizon), commonest)
    return _table("majority", forecaster, located(panel, rows), number)


def _seasonal_naive(forecaster: Forecaster, panel: Panel, rows: Rows) -> pl.DataFrame:
    values = seasonal_naive(panel, rows, forecaster.task)
    number = classes_of(forecaster, panel, rows, values)
    return _table("seasonal_naive", forecaster, located(panel, rows), number)


def _table(
    name: str,
    forecaster: Forecaster,
    origins: pl.DataFrame,
    number: Values,
    values: Values | None = None,
) -> pl.DataFrame:
    columns = forecast_columns(forecaster.task)
    return forecast_table(name, origins, number, columns=columns, values=values)
