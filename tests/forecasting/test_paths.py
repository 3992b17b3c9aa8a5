"""Paths: how steps hang together is measured rightly, and draws keep it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from forecast_rnn.data.panels import origins
from forecast_rnn.forecasting.dependence import Dependence
from forecast_rnn.forecasting.paths import (
    _normal_scores,
    from_quantiles,
    measure_dependence,
    normal_paths,
)
from forecast_rnn.neural.heads import VALUED
from forecast_rnn.neural.heads.quantile import normal_score
from forecast_rnn.neural.network.encoding import Encoding
from forecast_rnn.neural.network.network import build_network
from forecast_rnn.neural.scaling.transform import Transform
from tests.neural.inference.test_forecaster import MODEL, TASK, forecaster_of, wave
from tests.panels import NAN, panel_of


def untrained(panel, head="quantile"):
    """A forecaster that is the seasonal naive."""
    model = replace(MODEL, head=head)
    network = build_network(model, TASK, Encoding(), 0).eval()
    return replace(forecaster_of(panel, Transform("identity"), model=model), networks=(network,))


def panel_with_errors(dependence, series=150):
    """A known season, and after it one horizon of errors that hang together."""
    errors = normal_paths((series, 1, TASK.horizon), dependence, seed=1)[:, 0]
    generator = np.random.default_rng(2)
    history = [np.tile([50.0, 60.0, 55.0, 40.0], 6) + generator.normal(0, 1, 24) for _ in errors]
    season = [past[-4:][np.arange(TASK.horizon) % 4] for past in history]
    return panel_of(*[[*p, *(s + 3 * e)] for p, s, e in zip(history, season, errors, strict=True)])


def correlations(dependence):
    return dependence.share + (1 - dependence.share) * dependence.decay ** np.arange(1, 5)


@pytest.mark.parametrize(("share", "decay"), [(0, -0.6), (0, 0), (0, 0.5), (0.4, 0), (0.5, 0.8)])
def test_the_dependence_of_known_errors_is_found(share, decay):
    panel = panel_with_errors(Dependence(share, decay))
    rows = panel.indptr[1:] - 1 - TASK.horizon

    result = measure_dependence(untrained(panel), panel, rows)

    # 150 paths of 5 steps tell shares and decays badly apart, but not what they come to.
    expected = correlations(Dependence(share, decay))
    np.testing.assert_allclose(correlations(result), expected, atol=0.15)


def test_without_anything_to_measure_there_is_no_dependence():
    panel = panel_of([*wave(20), *[NAN] * 5])

    assert measure_dependence(untrained(panel), panel, np.array([19])) == Dependence()
    assert measure_dependence(untrained(panel), panel, np.empty(0, np.int64)) == Dependence()


def test_scores_of_ranks_are_those_of_scipy_and_equal_values_share_theirs():
    values = np.array([3.0, 1.0, 2.0, 2.0, 5.0])

    expected = stats.norm.ppf((stats.rankdata(values) - 0.5) / 5)
    np.testing.assert_allclose(_normal_scores(values), expected, rtol=1e-9)


def test_drawn_scores_are_standard_normal_and_correlate_as_the_dependence_says():
    scores = normal_paths((100, 200, 4), Dependence(0.3, 0.7), seed=3).reshape(-1, 4)

    error = 4 / np.sqrt(len(scores))  # four standard errors
    np.testing.assert_allclose(scores.mean(0), 0, atol=error)
    np.testing.assert_allclose(scores.std(0), 1, atol=error)
    expected = 0.3 + 0.7 * 0.7 ** np.abs(np.subtract.outer(np.arange(4), np.arange(4)))
    np.testing.assert_allclose(np.corrcoef(scores.T), expected, atol=error)


def test_the_same_seed_gives_the_same_scores_and_another_seed_others():
    dependence = Dependence(0.2, 0.5)

    scores = normal_paths((2, 3, 4), dependence, seed=7)

    np.testing.assert_array_equal(scores, normal_paths((2, 3, 4), dependence, seed=7))
    assert (scores != normal_paths((2, 3, 4), dependence, seed=8)).all()


def test_values_from_quantiles_hit_the_quantiles_at_their_levels():
    levels = (0.1, 0.5, 0.8)
    quantiles = np.sort(np.random.default_rng(0).normal(size=(2, 4, 3)), axis=2)
    scores = np.array([normal_score(level) for level in levels])

    values = from_quantiles(quantiles, levels, np.tile(scores[:, None], (2, 1, 4)))

    np.testing.assert_array_equal(values, quantiles.transpose(0, 2, 1))


@pytest.mark.parametrize("head", VALUED)
def test_the_values_of_many_paths_have_the_quantiles_of_the_forecast(head):
    panel = panel_of(np.round(wave(40)), np.round(wave(30, 90.0)))
    model, rows = replace(MODEL, head=head), origins.last(panel)
    forecaster = forecaster_of(panel, Transform("log1p"), model=model)
    paths = 4000

    values = forecaster.values(
        panel, rows, normal_paths((2, paths, 5), Dependence(0.2, 0.6), seed=0)
    )

    quantiles = forecaster.quantiles(panel, rows)
    for place, level in enumerate(TASK.quantile_levels):
        bound = quantiles[:, None, :, place]
        error = 4 * np.sqrt(0.25 / paths)  # four standard errors
        assert ((values < bound - 1e-6).mean(1) <= level + error).all()
        assert ((values <= bound + 1e-6).mean(1) >= level - error).all()
