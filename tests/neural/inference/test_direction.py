"""Forecasts of classes: laws of the network's and of what it has to beat."""

import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch

from forecast_rnn.baselines.simple import seasonal_naive
from forecast_rnn.config import ModelConfig, Task
from forecast_rnn.data.panels import origins
from forecast_rnn.data.panels.outcomes import outcomes
from forecast_rnn.evaluation.backtest import backtest
from forecast_rnn.neural.inference.classes import fit_classes
from forecast_rnn.neural.inference.direction import (
    class_baselines,
    classes_of,
    climatology,
    log_loss,
    measure_odds,
    with_classes,
)
from forecast_rnn.neural.inference.forecaster import Forecaster
from forecast_rnn.neural.network.encoding import Encoding
from forecast_rnn.neural.network.network import build_network
from forecast_rnn.neural.scaling.transform import Transform
from tests.panels import NAN, panel_of

MODEL = ModelConfig(
    cell="gru",
    hidden_size=6,
    layers=2,
    window_length=8,
    stride=4,
    context_steps=3,
    head="direction",
)
TASK = Task(horizon=5, season_length=4, quantile_levels=(), classes=2)
BASELINES = ("climatology", "majority", "seasonal_naive", "seasonal_climatology")


def wave(length: int, level: float = 50.0) -> list[float]:
    noise = np.random.default_rng(int(level)).normal(size=length)
    return [level * (1 + 0.3 * math.sin(math.pi * t / 2) + 0.05 * noise[t]) for t in range(length)]


def random_network(seed: int, task: Task):
    network = build_network(MODEL, task, Encoding(), seed)
    torch.manual_seed(seed)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.5 * torch.randn_like(parameter))
    return network.eval()


def forecaster_of(panel, classes: int = 2) -> Forecaster:
    task, transform = replace(TASK, classes=classes), Transform("log")
    return Forecaster(
        schema=panel.schema,
        frequency=panel.frequency,
        task=task,
        model=MODEL,
        transform=transform,
        floor=0.02,
        encoding=Encoding(),
        networks=tuple(random_network(seed, task) for seed in range(2)),
        classes=fit_classes(panel, transform, 0.02, MODEL, task),
    )


@pytest.fixture
def panel():
    return panel_of(wave(60), wave(30, 3.0), [*wave(40, 900.0), NAN])


@pytest.mark.parametrize("classes", [2, 4])
def test_probabilities_lie_between_0_and_1_and_sum_to_1(panel, classes):
    probabilities = forecaster_of(panel, classes).probabilities(panel, np.arange(131))

    assert probabilities.shape == (131, 5, classes)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    np.testing.assert_allclose(probabilities.sum(-1), 1, rtol=1e-12)


def test_the_forecast_is_the_most_probable_class(panel):
    table = forecaster_of(panel).forecast(panel, origins.last(panel))

    assert table.columns == ["model", "item", "origin", "step", "forecast", "p_down", "p_up"]
    expected = 1 + (table["p_up"] > table["p_down"]).cast(pl.Float64)
    assert table["forecast"].equals(expected, check_names=False)


@pytest.mark.parametrize("name", ["network", *BASELINES])
def test_rows_after_the_origin_are_not_read(panel, name):
    forecaster, row = forecaster_of(panel, classes=3), np.array([40])
    changed = replace(panel, values=panel.values.copy())
    changed.values[41:60] = [NAN, 7.0, 1e12] * 6 + [1e-9]
    forecast = {"network": forecaster.forecast, **class_baselines(forecaster)}[name]

    before = forecast(panel, row)

    assert forecast(changed, row).equals(before)


def test_forecasts_do_not_depend_on_the_unit_of_a_series(panel):
    forecaster, rows = forecaster_of(panel), origins.last(panel)
    larger = replace(panel, values=1000 * panel.values)

    probabilities = forecaster.probabilities(larger, rows)

    # Logarithms move by a constant, which is rounded.
    np.testing.assert_allclose(probabilities, forecaster.probabilities(panel, rows), atol=1e-5)


def test_the_order_of_origins_does_not_matter(panel):
    forecaster, rows = forecaster_of(panel), np.arange(700) % 131

    probabilities = forecaster.probabilities(panel, rows)

    again = forecaster.probabilities(panel, rows[::-1].copy())[::-1]
    np.testing.assert_allclose(again, probabilities, atol=1e-6)


def test_an_ensemble_averages_the_probabilities_of_its_members(panel):
    both, rows = forecaster_of(panel), origins.last(panel)

    each = [replace(both, networks=(n,)).probabilities(panel, rows) for n in both.networks]

    np.testing.assert_allclose(both.probabilities(panel, rows), sum(each) / 2, rtol=1e-5)


def test_an_origin_whose_last_window_is_empty_has_no_forecast_and_climatology_stands_in():
    panel = panel_of([*wave(30), *[NAN] * 9], wave(30))
    forecaster, rows = forecaster_of(panel), np.array([38, 68])

    table = forecaster.forecast(panel, rows)

    assert table["forecast"].is_null().to_list() == [True] * 5 + [False] * 5
    usual = climatology(forecaster, panel, rows).head(5)
    shares = np.array(forecaster.classes.shares)
    np.testing.assert_allclose(usual["p_up"], shares[:, 1], atol=1e-6)


def test_no_origins_give_an_empty_forecast(panel):
    forecaster, nowhere = forecaster_of(panel), np.empty(0, dtype=np.int64)

    assert forecaster.forecast(panel, nowhere).height == 0
    for forecast in class_baselines(forecaster).values():
        assert forecast(panel, nowhere).height == 0


def test_the_seasonal_naive_says_the_class_that_its_values_are():
    panel = panel_of([1.0, 9.0, 5.0, 5.0, 1.0, 8.0, 5.0, 5.0])
    forecaster = forecaster_of(panel)

    table = class_baselines(forecaster)["seasonal_naive"](panel, np.array([7]))

    # It repeats 1, 8, 5, 5, 1 after the 5.
    assert table["forecast"].to_list() == [1, 2, 1, 1, 1]
    assert table["p_up"].null_count() == 5


def test_seasonal_climatology_counts_what_followed_the_same_position(panel):
    forecaster = forecaster_of(panel, classes=3)
    usual = np.array(forecaster.classes.shares)
    rows = np.arange(131)
    number = classes_of(forecaster, panel, rows, outcomes(panel, rows, 5))

    table = class_baselines(forecaster)["seasonal_climatology"](panel, np.array([13, 57, 75]))

    for place, (first, row) in enumerate(((0, 13), (0, 57), (60, 75))):
        for step in range(1, 6):
            counts = 2 * usual[step - 1]
            for before in range(row - 4, first - 1, -4):
                if before + step <= row and not math.isnan(number[before, step - 1]):
                    counts[int(number[before, step - 1]) - 1] += 1
            result = table.select("p1", "p2", "p3").row(place * 5 + step - 1)
            np.testing.assert_allclose(result, counts / counts.sum(), atol=1e-6)


def test_a_backtest_says_which_class_came_true(panel):
    forecaster = forecaster_of(panel)
    rows = origins.rolling(panel, horizon=5, windows=2, step=5)
    forecasters = {"network": forecaster.forecast} | class_baselines(forecaster)

    tested = backtest(panel, rows, forecasters, forecaster.task)
    table = with_classes(tested, forecaster, panel, rows)

    assert table["model"].unique(maintain_order=True).to_list() == ["network", *BASELINES]
    assert table.drop("actual").equals(tested.drop("actual"))
    for item, origin, step, number in table.select("item", "origin", "step", "actual").rows():
        row = panel.indptr[item] + origin
        value, last = panel.values[row + step], panel.values[row]
        assert number is None if math.isnan(value) else number == (2 if value > last else 1)


def test_log_loss_is_the_mean_over_all_known_steps(panel):
    forecaster, rows = forecaster_of(panel, classes=3), np.arange(20, 90, 7)
    number = classes_of(forecaster, panel, rows, outcomes(panel, rows, 5))
    probabilities = forecaster.probabilities(panel, rows)

    result = log_loss(measure_odds(forecaster, panel, rows))

    losses = [
        -math.log(probabilities[b, h, int(number[b, h]) - 1])
        for b in range(len(rows))
        for h in range(5)
        if not math.isnan(number[b, h])
    ]
    assert result == pytest.approx(sum(losses) / len(losses))
    assert log_loss(measure_odds(forecaster, panel, np.array([59]))) == math.inf


def test_a_temperature_makes_probabilities_less_sure_and_no_other_class_likely(panel):
    forecaster, rows = forecaster_of(panel, classes=3), np.arange(131)
    cooler = replace(forecaster, classes=replace(forecaster.classes, temperature=2.0))

    before, after = (one.probabilities(panel, rows) for one in (forecaster, cooler))

    np.testing.assert_allclose(after.sum(-1), 1, rtol=1e-12)
    np.testing.assert_array_equal(after.argmax(-1), before.argmax(-1))
    odds = [np.log(p[..., 1:] / p[..., :1]) for p in (before, after)]
    np.testing.assert_allclose(odds[1], odds[0] / 2, rtol=1e-9)


def test_the_values_of_the_seasonal_naive_have_the_classes_of_the_table(panel):
    forecaster, rows = forecaster_of(panel, classes=4), origins.last(panel)
    values = seasonal_naive(panel, rows, forecaster.task)

    table = class_baselines(forecaster)["seasonal_naive"](panel, rows)

    expected = classes_of(forecaster, panel, rows, values).ravel()
    assert table["forecast"].to_list() == expected.tolist()


def test_an_untrained_network_leans_to_where_the_seasonal_naive_goes():
    panel = panel_of([10.0, 20.0, 30.0, 20.0] * 10)
    forecaster = replace(
        forecaster_of(panel), networks=(build_network(MODEL, TASK, Encoding(), 0).eval(),)
    )

    up = forecaster.probabilities(panel, np.array([39]))[0, :, 1]

    # After the 20 come 10, 20, 30, 20, 10; no change is a tie at the start.
    np.testing.assert_array_equal(np.sign((up - 0.5).round(6)), [-1, 0, 1, 0, -1])
