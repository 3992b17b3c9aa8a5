"""Metrics equal those of utilsforecast and scoringrules, on random tables with gaps."""

import numpy as np
import polars as pl
import pytest
import scoringrules
import utilsforecast.losses as losses

from forecast_rnn.config import Task
from forecast_rnn.evaluation.backtest import backtest
from forecast_rnn.evaluation.metrics import comparable, series_scores
from forecast_rnn.tables import forecast_table, quantile_columns
from tests.panels import NAN, panel_of

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
TASK = Task(horizon=6, season_length=4, quantile_levels=LEVELS)
CLOSE = 1e-9
LENGTH = 40


def random_series(generator):
    values = generator.normal(5, 20, LENGTH).round(1)
    values[generator.random(LENGTH) < 0.1] = 0.0
    values[generator.random(LENGTH) < 0.2] = NAN
    return values


def forecaster(generator):
    def forecast(panel, rows):
        quantiles = np.sort(generator.normal(5, 15, (len(rows), TASK.horizon, len(LEVELS))))
        item = panel.item_of(rows)
        origins = pl.DataFrame({"item": item, "origin": rows - panel.indptr[item]})
        medians = quantiles[..., 2]
        return forecast_table(
            "any", origins, medians, columns=quantile_columns(LEVELS), values=quantiles
        )

    return forecast


@pytest.fixture(params=range(3))
def tables(request):
    """Our backtest of one origin a series, and its rows and the rows before as others want them."""
    generator = np.random.default_rng(request.param)
    series = [random_series(generator) for _ in range(7)]
    panel = panel_of(*series)
    rows = panel.indptr[1:] - 1 - TASK.horizon
    ours = comparable(backtest(panel, rows, {"network": forecaster(generator)}, TASK))
    theirs = ours.select(
        unique_id="item", y="actual", ds=pl.col("origin") + pl.col("step"), network="forecast"
    )
    history = pl.DataFrame(
        {
            "unique_id": np.repeat(np.arange(7, dtype=np.uint32), LENGTH),
            "ds": np.tile(np.arange(LENGTH), 7),
            "y": panel.values,
        }
    ).with_columns(pl.col("y").fill_nan(None))
    return ours, theirs, history.filter(pl.col("ds") < LENGTH - TASK.horizon)


def ours_by_series(ours, metric):
    return series_scores(ours, TASK).sort("item")[metric].to_numpy()


def theirs_by_series(table):
    return table.sort("unique_id")["network"].to_numpy()


@pytest.mark.parametrize(
    ("metric", "loss", "unit"),
    [
        ("mae", losses.mae, 1),
        ("rmse", losses.rmse, 1),
        ("bias", losses.bias, 1),
        ("smape", losses.smape, 200),
    ],
)
def test_errors_are_those_of_utilsforecast(metric, loss, unit, tables):
    ours, theirs, _ = tables

    expected = unit * theirs_by_series(loss(theirs, models=["network"]))

    np.testing.assert_allclose(ours_by_series(ours, metric), expected, rtol=CLOSE)


def test_percentage_errors_are_those_of_utilsforecast_without_zeros(tables):
    ours, theirs, _ = tables
    moving = pl.col("y") != 0

    expected = losses.mape(theirs.filter(moving), models=["network"])

    found = series_scores(ours, TASK).sort("item").drop_nulls("mape")["mape"].to_numpy()
    np.testing.assert_allclose(found, 100 * theirs_by_series(expected), rtol=CLOSE)


@pytest.mark.parametrize(("metric", "loss"), [("mase", losses.mase), ("rmsse", losses.rmsse)])
def test_scaled_errors_are_those_of_utilsforecast(metric, loss, tables):
    ours, theirs, history = tables

    expected = loss(theirs, models=["network"], seasonality=4, train_df=history)

    np.testing.assert_allclose(ours_by_series(ours, metric), theirs_by_series(expected), rtol=CLOSE)


@pytest.mark.parametrize(
    ("metric", "loss"),
    [("quantile_loss", losses.mqloss), ("weighted_quantile_loss", losses.scaled_crps)],
)
def test_quantile_losses_are_those_of_utilsforecast(metric, loss, tables):
    ours, theirs, _ = tables
    theirs = theirs.with_columns(ours.select(quantile_columns(LEVELS)))
    models = {"network": quantile_columns(LEVELS)}

    expected = theirs_by_series(loss(theirs, models=models, quantiles=np.array(LEVELS)))

    np.testing.assert_allclose(ours_by_series(ours, metric), expected, rtol=CLOSE)


def test_coverage_is_that_of_utilsforecast(tables):
    ours, theirs, _ = tables
    ends = ours.select(pl.col("q0.1").alias("network-lo-80"), pl.col("q0.9").alias("network-hi-80"))

    expected = losses.coverage(theirs.with_columns(ends), models=["network"], level=80)

    np.testing.assert_allclose(
        ours_by_series(ours, "coverage"), theirs_by_series(expected), rtol=CLOSE
    )


def by_series(ours, values):
    means = ours.select("item", value=pl.Series(values)).group_by("item").mean()
    return means.sort("item")["value"].to_numpy()


def test_crps_is_that_of_scoringrules(tables):
    ours, _, _ = tables
    quantiles = ours.select(quantile_columns(LEVELS)).to_numpy()

    expected = scoringrules.crps_quantile(ours["actual"].to_numpy(), quantiles, np.array(LEVELS))

    np.testing.assert_allclose(ours_by_series(ours, "crps"), by_series(ours, expected), rtol=CLOSE)


def test_msis_is_the_scaled_interval_score_of_scoringrules(tables):
    ours, _, _ = tables
    actual, lower, upper, scale = (
        ours[name].to_numpy() for name in ("actual", "q0.1", "q0.9", "error_scale")
    )

    expected = scoringrules.interval_score(actual, lower, upper, 0.2) / scale

    np.testing.assert_allclose(ours_by_series(ours, "msis"), by_series(ours, expected), rtol=CLOSE)


def test_interval_width_is_an_interval_score_without_misses(tables):
    ours, _, _ = tables
    lower, upper = ours["q0.1"].to_numpy(), ours["q0.9"].to_numpy()

    expected = scoringrules.interval_score(lower, lower, upper, 0.2)

    found = ours_by_series(ours, "interval_width")
    np.testing.assert_allclose(found, by_series(ours, expected), rtol=CLOSE)
