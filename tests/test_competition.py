"""Scores of naive methods on real data are those of the competitions' formulas, in plain loops."""

import csv
from functools import partial
from pathlib import Path
from statistics import fmean

import pytest

from forecast_rnn.api.inputs import panel_of
from forecast_rnn.baselines import baseline_table
from forecast_rnn.config import Task
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels import origins
from forecast_rnn.evaluation.backtest import backtest
from forecast_rnn.evaluation.metrics import scores

EMPLOYMENT = Path(__file__).parents[1] / "datasets" / "us_employment_monthly.csv"
HORIZON, SEASON = 18, 12


def all_series() -> list[list[float]]:
    by_sector: dict[str, list[float]] = {}
    with EMPLOYMENT.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            by_sector.setdefault(row["sector"], []).append(float(row["employees"]))
    return list(by_sector.values())


def naive(history):
    return [history[-1]] * HORIZON


def seasonal_naive(history):
    return [history[len(history) - SEASON + step % SEASON] for step in range(HORIZON)]


def smape(history, actual, forecast):
    pairs = zip(actual, forecast, strict=True)
    return fmean(200 * abs(y - f) / (abs(y) + abs(f)) for y, f in pairs)


def mase(history, actual, forecast):
    scale = fmean(abs(b - a) for a, b in zip(history, history[SEASON:], strict=False))
    return fmean(abs(y - f) for y, f in zip(actual, forecast, strict=True)) / scale


@pytest.mark.parametrize("metric", [smape, mase])
@pytest.mark.parametrize("method", [naive, seasonal_naive])
def test_score_is_the_mean_of_the_formula_over_series(method, metric):
    panel, _ = panel_of(str(EMPLOYMENT), Hints())
    task = Task(horizon=HORIZON, season_length=SEASON)
    rows = origins.rolling(panel, horizon=HORIZON, windows=1, step=HORIZON)
    forecasters = {method.__name__: partial(baseline_table, method.__name__, task=task)}

    table = scores(backtest(panel, rows, forecasters, task), task)

    expected = fmean(
        metric(values[:-HORIZON], values[-HORIZON:], method(values[:-HORIZON]))
        for values in all_series()
    )
    assert table.filter(metric=metric.__name__)["value"].item() == pytest.approx(expected, rel=1e-9)
