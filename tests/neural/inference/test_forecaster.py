"""Laws of a forecast, whatever the network."""

import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
import torch
from polars.testing import assert_frame_equal

from forecast_rnn.config import ModelConfig, Task
from forecast_rnn.data.panels import origins
from forecast_rnn.evaluation.calibration import Calibration
from forecast_rnn.neural.heads import COUNTS, VALUED
from forecast_rnn.neural.inference.forecaster import Forecaster
from forecast_rnn.neural.network.encoding import Encoding
from forecast_rnn.neural.network.network import build_network
from forecast_rnn.neural.scaling.transform import Transform
from tests.panels import panel_of

MODEL = ModelConfig(cell="gru", hidden_size=6, layers=2, window_length=8, stride=4, context_steps=3)
TASK = Task(horizon=5, season_length=4)
LOG = Transform("log")


def wave(length, level=50.0):
    return [level * (1 + 0.3 * math.sin(math.pi * t / 2) + 0.01 * t) for t in range(length)]


def random_network(seed, model=MODEL):
    """A network that is far from the seasonal naive it starts as, with a wild spread."""
    network = build_network(model, TASK, Encoding(), seed)
    torch.manual_seed(seed)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.5 * torch.randn_like(parameter))
    return network.eval()


def forecaster_of(panel, transform=LOG, members=2, model=MODEL):
    return Forecaster(
        schema=panel.schema,
        frequency=panel.frequency,
        task=TASK,
        model=model,
        transform=transform,
        floor=0.02,
        encoding=Encoding(),
        networks=tuple(random_network(seed, model) for seed in range(members)),
    )


@pytest.fixture
def panel():
    return panel_of(wave(40), wave(12, 3.0), [*wave(30, 900.0), math.nan])


def test_quantiles_never_cross(panel):
    quantiles = forecaster_of(panel).quantiles(panel, np.arange(len(panel.values)))

    assert quantiles.shape == (83, 5, 9)
    assert (np.diff(quantiles, axis=2) >= 0).all()


def test_forecast_table_holds_the_median_and_a_row_a_step(panel):
    rows = origins.last(panel)

    table = forecaster_of(panel).forecast(panel, rows)

    assert table["item"].to_list() == [0] * 5 + [1] * 5 + [2] * 5
    assert table["step"].to_list() == [1, 2, 3, 4, 5] * 3
    assert table["forecast"].equals(table["q0.5"].alias("forecast"))


def test_forecast_ignores_rows_after_the_origin(panel):
    forecaster = forecaster_of(panel)
    changed = replace(panel, values=panel.values.copy())
    changed.values[21:40] = [math.nan, -1e6, 0.0] * 6 + [1e12]
    shorter = panel_of(wave(21), wave(12, 3.0))
    row = np.array([20])

    expected = forecaster.quantiles(panel, row)

    np.testing.assert_array_equal(forecaster.quantiles(changed, row), expected)
    np.testing.assert_array_equal(forecaster.quantiles(shorter, row), expected)


@pytest.mark.parametrize("factor", [1e-6, 1e6])
@pytest.mark.parametrize("name", ["log", "identity", "log1p"])
def test_forecast_scales_with_the_data(panel, name, factor):
    scaled = replace(panel, values=panel.values * factor)
    rows = origins.last(panel)

    forecast = forecaster_of(panel, Transform(name)).quantiles(panel, rows)
    other = forecaster_of(panel, Transform(name, factor)).quantiles(scaled, rows)

    # float32 inside the network
    np.testing.assert_allclose(other / factor, forecast, rtol=1e-4, atol=1e-4)


def test_order_of_series_does_not_matter(panel):
    swapped = panel_of([*wave(30, 900.0), math.nan], wave(40), wave(12, 3.0))
    forecaster = forecaster_of(panel)

    forecast = forecaster.quantiles(panel, origins.last(panel))
    other = forecaster.quantiles(swapped, origins.last(swapped))

    np.testing.assert_allclose(other[[1, 2, 0]], forecast, rtol=1e-5)


def test_one_origin_alone_has_the_forecast_that_it_has_among_many(panel):
    forecaster = forecaster_of(panel)

    together = forecaster.quantiles(panel, np.arange(30, 40))
    alone = forecaster.quantiles(panel, np.array([33]))

    np.testing.assert_allclose(alone[0], together[3], rtol=1e-5)


def test_a_series_that_never_moved_is_forecast_as_the_constant_it_is():
    panel = panel_of([7.0] * 20, [0.0] * 20)
    forecaster = forecaster_of(panel, Transform("log1p"))

    quantiles = forecaster.quantiles(panel, origins.last(panel))

    np.testing.assert_allclose(quantiles[0], 7.0)
    assert (quantiles[1] == 0).all()


def test_an_origin_whose_last_window_is_empty_has_no_forecast():
    panel = panel_of([*wave(20), *[math.nan] * 8], wave(20))

    table = forecaster_of(panel).forecast(panel, origins.last(panel))

    assert table["forecast"].is_null().to_list() == [True] * 5 + [False] * 5


def test_non_negative_data_never_get_a_negative_forecast(panel):
    quantiles = forecaster_of(panel, Transform("log1p")).quantiles(panel, origins.last(panel))

    assert (quantiles >= 0).all()


def test_forecasts_of_an_ensemble_are_the_means_of_its_members_on_the_networks_scale(panel):
    both = forecaster_of(panel, Transform("identity"))
    rows = origins.last(panel)

    each = [replace(both, networks=(network,)).quantiles(panel, rows) for network in both.networks]

    np.testing.assert_allclose(both.quantiles(panel, rows), (each[0] + each[1]) / 2, rtol=1e-4)


@pytest.mark.parametrize("threads", [2, 5])
def test_the_number_of_threads_changes_no_bit(panel, monkeypatch, threads):
    monkeypatch.setattr("forecast_rnn.neural.inference.streaming.CROPS_AT_ONCE", 3)
    forecaster, rows = forecaster_of(panel), np.arange(20, 40)
    alone = forecaster.quantiles(panel, rows)
    before = torch.get_num_threads()
    torch.set_num_threads(threads)

    together = forecaster.quantiles(panel, rows)

    torch.set_num_threads(before)
    assert np.array_equal(alone, together)


def test_no_origins_give_an_empty_forecast(panel):
    table = forecaster_of(panel).forecast(panel, np.empty(0, dtype=np.int64))

    assert table.height == 0


def test_an_untrained_network_is_the_seasonal_naive():
    panel = panel_of(wave(40))
    forecaster = replace(
        forecaster_of(panel), networks=(build_network(MODEL, TASK, Encoding(), 0).eval(),)
    )

    quantiles = forecaster.quantiles(panel, np.array([39]))

    season = panel.values[36:40]
    np.testing.assert_allclose(quantiles[0, :, 4], [*season, season[0]], rtol=1e-5)


@pytest.mark.parametrize("head", VALUED)
def test_whatever_the_head_quantiles_never_cross_and_rows_after_the_origin_are_not_read(
    panel, head
):
    rounded = replace(panel, values=np.round(panel.values))
    model, transform = replace(MODEL, head=head), Transform("log1p")
    forecaster, row = forecaster_of(rounded, transform, model=model), np.array([20])
    changed = replace(rounded, values=rounded.values.copy())
    changed.values[21:40] = [math.nan, 7.0, 0.0] * 6 + [1e12]

    quantiles = forecaster.quantiles(rounded, np.arange(len(panel.values)))

    assert np.isfinite(quantiles).all()
    assert (np.diff(quantiles, axis=2) >= 0).all()
    expected = forecaster.quantiles(rounded, row)
    np.testing.assert_array_equal(forecaster.quantiles(changed, row), expected)


@pytest.mark.parametrize("head", COUNTS)
def test_counts_are_forecast_as_whole_numbers_that_are_never_negative(head):
    panel = panel_of(np.round(wave(40)), [7.0] * 20, [0.0] * 20)
    forecaster = forecaster_of(panel, Transform("log1p"), model=replace(MODEL, head=head))

    quantiles = forecaster.quantiles(panel, origins.last(panel))

    assert (quantiles >= 0).all()
    assert (quantiles == np.round(quantiles)).all()
    assert (quantiles[1] == 7).all()


def test_values_at_any_level_lie_between_the_quantiles_around_it(panel):
    forecaster, rows = forecaster_of(panel), origins.last(panel)
    quantiles = forecaster.quantiles(panel, rows)

    scores = np.full((len(rows), 1, 5), NormalDist().inv_cdf(0.35))
    values = forecaster.values(panel, rows, scores)[:, 0]

    assert ((quantiles[..., 2] <= values) & (values <= quantiles[..., 3])).all()


def test_calibrated_quantiles_never_cross_and_keep_the_median(panel):
    plain = forecaster_of(panel)
    scores = tuple(NormalDist().inv_cdf(level) for level in (0.6, 0.7, 0.8, 0.9))
    calibration = Calibration(scores, ((0.25, 4.0, 1.0, 0.5),) * 5)
    rows = np.arange(len(panel.values))

    quantiles = replace(plain, calibration=calibration).quantiles(panel, rows)

    assert (np.diff(quantiles, axis=2) >= 0).all()
    assert not np.array_equal(quantiles, plain.quantiles(panel, rows))
    np.testing.assert_array_equal(quantiles[..., 4], plain.quantiles(panel, rows)[..., 4])


@pytest.fixture
def near_zero():
    """Series whose forecasts would go below 0, where no value does."""
    return panel_of(*[[level * (t % 4) for t in range(length)] for level, length in LEVELS])


LEVELS = ((1.0, 40), (20.0, 12), (300.0, 31))


def test_only_data_that_may_be_negative_get_negative_forecasts(near_zero):
    straight = forecaster_of(near_zero, Transform("identity"))
    rows = np.arange(len(near_zero.values))
    below = replace(near_zero, values=near_zero.values.copy())
    below.values[45] = -1.0

    assert straight.quantiles(near_zero, rows).min() < 0
    assert replace(straight, nonnegative=True).quantiles(near_zero, rows).min() == 0
    result = replace(straight, nonnegative=True).quantiles(below, rows)
    # The second series, of rows 40 to 51, has a value below 0 from row 45 on.
    assert (result[:45].min(), result[52:].min()) == (0, 0)
    assert result[45:52].min() < 0


def test_of_several_targets_each_is_bounded_by_itself(near_zero):
    mixed = replace(near_zero, values=near_zero.values.copy())
    mixed.values[0] = -1.0
    several = replace(mixed, schema=replace(near_zero.schema, wide=True))
    rows = np.arange(len(mixed.values))

    result = forecaster_of(several, Transform("identity")).quantiles(several, rows)

    assert result[:40].min() < 0
    assert result[40:].min() == 0


def test_a_forecast_is_the_same_in_portions(panel, monkeypatch):
    forecaster, rows = forecaster_of(panel), np.arange(20, 40)

    whole = forecaster.forecast(panel, rows)
    monkeypatch.setattr("forecast_rnn.neural.inference.forecaster.PORTION", 16)
    in_portions = forecaster.forecast(panel, rows)

    assert_frame_equal(in_portions, whole, rel_tol=1e-6)  # as products are in float32


@pytest.mark.parametrize(("most", "expected"), [(1e9, 128), (33, 32), (31, 16), (0.5, 1)])
def test_of_wide_networks_fewer_crops_are_read_at_once(panel, monkeypatch, most, expected):
    forecaster = forecaster_of(panel)
    each = forecaster.model.context_steps * forecaster.model.hidden_size
    monkeypatch.setattr("forecast_rnn.neural.inference.streaming.MOST_HIDDEN", int(most * each))

    assert forecaster.reader.crops_at_once == expected
