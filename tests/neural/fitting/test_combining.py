"""Networks beside a prior and a ridge regression: what is chosen, and on which rows."""

from dataclasses import replace

import numpy as np
import pytest

from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.neural.fitting import fit as module
from forecast_rnn.neural.fitting.combining import prior_of
from forecast_rnn.neural.fitting.fit import fit, fit_tested
from forecast_rnn.progress import ignore
from tests.panels import panel_of
from tests.prior.examples import random_prior

TASK = Task(horizon=4, season_length=4)
CONFIG = TrainConfig(hidden_size=8, steps=20, batch_size=8, members=1, threads=1)


def wave(length, seed=0):
    time = np.arange(length)
    noise = np.random.default_rng(seed).normal(0, 1, length)
    return list(50 + 20 * np.sin(np.pi * time / 2) + 0.5 * time + noise)


@pytest.fixture(scope="module")
def panel():
    return panel_of(wave(80), wave(80, 1))


@pytest.fixture(autouse=True)
def small_prior(monkeypatch):
    """A prior of a few weights in place of the one that is shipped."""
    monkeypatch.setattr(module, "prior_of", lambda config: random_prior())
    monkeypatch.setattr("forecast_rnn.neural.fitting.combining.RUNGS", (2, 4))


def test_the_forecast_is_a_mean_of_sources_whose_weights_add_up(panel):
    fitted = fit(panel, TASK, CONFIG, ignore)

    mixture = fitted.tested.mixture
    assert mixture is not None
    assert mixture.worth[0].name == "network"
    assert [one.name for one in mixture.worth][-3:] == ["ridge", "naive2", "together"]
    assert sum(mixture.weights) == pytest.approx(1)
    assert fitted.forecaster.combination.weights == mixture.weights
    assert all(np.isfinite(one.score) for one in mixture.worth)


def test_the_forecast_differs_from_that_of_the_networks_alone(panel):
    fitted = fit(panel, TASK, CONFIG, ignore)
    rows = np.array([len(panel.values) - 1])
    alone = replace(fitted.forecaster, combination=type(fitted.forecaster.combination)())

    assert not np.allclose(fitted.forecaster.quantiles(panel, rows), alone.quantiles(panel, rows))


def test_nothing_after_the_first_cutoff_is_read(panel):
    tested = fit_tested(panel, TASK, CONFIG, ignore)
    back = tested.windows[0]
    values = panel.values.copy()
    for end in panel.indptr[1:]:
        values[end - back : end] += 1000.0
    other = fit_tested(replace(panel, values=values), TASK, CONFIG, ignore)

    assert other.mixture.weights == tested.mixture.weights
    assert other.mixture.steps == tested.mixture.steps
    first = panel.indptr[1:] - 1 - back
    np.testing.assert_array_equal(
        tested.forecaster.quantiles(panel, first), other.forecaster.quantiles(panel, first)
    )


def test_the_same_seed_gives_the_same_mixture_and_forecast(panel):
    one, two = (fit(panel, TASK, CONFIG, ignore) for _ in range(2))
    rows = panel.indptr[1:] - 1

    assert one.tested.mixture.weights == two.tested.mixture.weights
    np.testing.assert_array_equal(
        one.forecaster.quantiles(panel, rows), two.forecaster.quantiles(panel, rows)
    )


def test_quantiles_stay_in_order(panel):
    fitted = fit(panel, TASK, CONFIG, ignore)

    quantiles = fitted.forecaster.quantiles(panel, np.array([40, 79, 120, 159]))

    assert (np.diff(quantiles, axis=-1) >= 0).all()


@pytest.mark.parametrize(
    "config",
    [
        TrainConfig(prior="none"),
        TrainConfig(head="normal"),
        TrainConfig(head="direction"),
        TrainConfig(cell="elman"),
    ],
    ids=["none", "normal", "direction", "elman"],
)
def test_networks_stand_alone_where_there_is_no_prior_for_them(config):
    assert prior_of(config) is None


def test_a_cell_with_a_prior_has_one():
    assert prior_of(TrainConfig()).design.cell == "gru"


def test_networks_of_very_many_series_stand_alone_unless_a_prior_is_named(panel, monkeypatch):
    monkeypatch.setattr("forecast_rnn.neural.fitting.combining.MOST_SERIES", 1)

    alone = fit(panel, TASK, CONFIG, ignore)
    beside = fit(panel, TASK, replace(CONFIG, prior="own.safetensors"), ignore)

    assert alone.tested.mixture is None
    assert not alone.forecaster.combination
    assert beside.tested.mixture is not None
