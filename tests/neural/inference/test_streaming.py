"""Laws of networks that go on from where they stopped."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from forecast_rnn.data.panels import origins
from forecast_rnn.errors import ConfigError
from forecast_rnn.neural.cells import CELLS
from tests.neural.inference.test_forecaster import MODEL, forecaster_of, wave
from tests.panels import panel_of

NAN = math.nan
STRIDE, STEPS = MODEL.stride, MODEL.context_steps
SERIES = (wave(70), [*wave(12, 3.0), NAN, *wave(50, 4.0)], [*wave(45, 900.0), NAN, NAN, *wave(20)])


def start(*lengths):
    """The first rows of the series."""
    return panel_of(*(series[:length] for series, length in zip(SERIES, lengths, strict=True)))


def last_quantiles(forecaster, panel, memory=None):
    return forecaster.quantiles(panel, origins.last(panel), memory)


@pytest.fixture
def forecaster():
    return forecaster_of(start(40, 12, 30))


@pytest.mark.parametrize("cell", CELLS)
def test_memory_forecasts_as_reading_does(cell):
    panel = start(40, 12, 30)
    forecaster = forecaster_of(panel, model=replace(MODEL, cell=cell))

    remembered = last_quantiles(forecaster, panel, forecaster.remember(panel))

    expected = last_quantiles(forecaster, panel)
    np.testing.assert_allclose(np.log(remembered), np.log(expected), rtol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_going_on_is_reading_a_longer_crop(cell):
    # Few rows, of which a crop sees all: how many windows were seen is then the same, too.
    model = replace(MODEL, cell=cell, context_steps=8)
    forecaster = forecaster_of(start(9, 10, 4), model=model)
    memory = None
    for ends in ((9, 10, 4), (10, 10, 5), (11, 12, 8), (16, 17, 9)):
        memory = forecaster.remember(start(*ends), memory)
    panel = start(18, 18, 9 + STRIDE)

    result = last_quantiles(forecaster, panel, forecaster.remember(panel, memory))

    # The first and the last have come nine rows further, a step of which began after one row.
    longer = replace(forecaster, model=replace(model, context_steps=8 + 9 // STRIDE))
    expected = last_quantiles(longer, panel)
    # In float32, of logarithms up to some hundreds: without bounds, ReLU lets these networks soar.
    np.testing.assert_allclose(np.log(result), np.log(expected), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("gap", [MODEL.window_length + STRIDE, 2 * MODEL.window_length])
def test_a_step_after_windows_without_values_is_read_as_in_a_longer_crop(gap):
    series = [*wave(9), *[NAN] * gap, *wave(2 * STRIDE, 80.0)]
    model = replace(MODEL, context_steps=20)
    forecaster = forecaster_of(panel_of(series[:9]), model=model)
    memory = forecaster.remember(panel_of(series[:9]))
    for end in range(10, len(series) + 1):
        panel = panel_of(series[:end])
        memory = forecaster.remember(panel, memory)

        result = last_quantiles(forecaster, panel, memory)

        # A state begins after one of the rows 9 to 12, and takes a step a stride from there.
        longer = replace(model, context_steps=20 + (end - 9) // STRIDE)
        expected = last_quantiles(replace(forecaster, model=longer), panel)
        np.testing.assert_allclose(result, expected, rtol=1e-4, err_msg=str(end))


def test_rows_at_once_are_rows_one_by_one(forecaster):
    begun, panel = forecaster.remember(start(20, 12, 30)), start(33, 12, 41)
    each = begun
    for more in range(1, 14):
        each = forecaster.remember(start(20 + more, 12, min(30 + more, 41)), each)

    together = forecaster.remember(panel, begun)

    np.testing.assert_allclose(
        last_quantiles(forecaster, panel, each),
        last_quantiles(forecaster, panel, together),
        rtol=1e-5,
    )


def test_a_forecast_takes_nothing_but_new_rows_from_the_series(forecaster):
    begun = forecaster.remember(start(44, 16, 34), forecaster.remember(start(40, 12, 30)))
    panel, altered = start(48, 20, 38), start(48, 20, 38)
    # A step reads a window, and the one before it for the change of level.
    altered.values[: 48 - MODEL.window_length - STRIDE] *= 2

    result, otherwise = (
        last_quantiles(forecaster, each, forecaster.remember(each, begun))
        for each in (panel, altered)
    )

    assert np.array_equal(result[0], otherwise[0])
    assert not np.allclose(*(last_quantiles(forecaster, one)[0] for one in (panel, altered)))


def test_no_state_comes_twice_as_far_as_in_training(forecaster):
    memory, furthest = forecaster.remember(start(12, 12, 12)), []
    for length in range(13, 61):
        memory = forecaster.remember(start(length, length, length), memory)
        steps = [states.steps.max() for states in memory.by_phase if states is not None]
        furthest.append(int(max(steps)))

    assert max(furthest) == 2 * STEPS - 1
    assert len(memory.by_phase) == STRIDE


def test_what_begins_anew_forecasts_as_reading_does(forecaster):
    memory = forecaster.remember(start(12, 12, 12))
    for length in range(13, 12 + STRIDE * STEPS + 1):
        memory = forecaster.remember(start(length, length, length), memory)
    panel = start(*3 * [12 + STRIDE * STEPS])

    np.testing.assert_allclose(
        last_quantiles(forecaster, panel, memory), last_quantiles(forecaster, panel), rtol=1e-5
    )


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("ends", [(44, 16, 30), (44, 16, 34)], ids=["some", "all"])
def test_what_goes_on_leaves_what_it_came_from(cell, ends):
    panel, further = start(40, 12, 30), start(48, 20, 38)
    forecaster = forecaster_of(panel, model=replace(MODEL, cell=cell))
    begun = forecaster.remember(panel)
    before = last_quantiles(forecaster, panel, begun)

    def gone_on():
        memory = forecaster.remember(start(*ends), begun)
        return last_quantiles(forecaster, further, forecaster.remember(further, memory))

    once = gone_on()

    assert np.array_equal(last_quantiles(forecaster, panel, begun), before)
    assert np.array_equal(gone_on(), once)


@pytest.mark.parametrize("asked", [[2, 0, 1], [0, 0, 2], [1], [2, 1, 0, 0]])
def test_series_are_remembered_in_whichever_order_they_are_asked_for(forecaster, asked):
    panel = start(40, 12, 30)
    memory, rows = forecaster.remember(panel), origins.last(panel)

    result = forecaster.quantiles(panel, rows[asked], memory)

    expected = forecaster.quantiles(panel, rows, memory)[asked]
    np.testing.assert_allclose(result, expected, rtol=1e-6)


def test_other_origins_than_the_last_are_read(forecaster):
    panel = start(40, 12, 30)
    memory, rows = forecaster.remember(panel), origins.last(panel) - 1

    assert np.array_equal(
        forecaster.quantiles(panel, rows, memory), forecaster.quantiles(panel, rows)
    )


def test_a_series_that_stands_still_is_forecast_as_a_constant(forecaster):
    still = [*wave(10), *[7.0] * 60]
    memory = forecaster.remember(panel_of(still[:30]))
    panel = panel_of(still[: 10 + MODEL.window_length + STRIDE * STEPS])

    result = last_quantiles(forecaster, panel, forecaster.remember(panel, memory))

    np.testing.assert_allclose(result, 7.0)
    assert np.array_equal(result, last_quantiles(forecaster, panel))


def test_a_series_without_values_has_no_forecast(forecaster):
    panel = panel_of([NAN, NAN, NAN, NAN], wave(30))
    memory = forecaster.remember(panel_of([NAN, NAN], wave(29)))

    result = last_quantiles(forecaster, panel, forecaster.remember(panel, memory))

    assert np.isnan(result[0]).all()
    assert np.isfinite(result[1]).all()


@pytest.mark.parametrize("more", [{"attention": True}, {"dilation": (1, 2)}])
def test_networks_that_look_back_at_more_than_a_state_are_refused(more):
    panel = start(40, 12, 30)
    forecaster = forecaster_of(panel, model=replace(MODEL, **more))

    with pytest.raises(ConfigError, match="keeps no state"):
        forecaster.remember(panel)


@pytest.mark.parametrize("threads", [2, 5])
def test_the_number_of_threads_changes_no_bit(forecaster, monkeypatch, threads):
    monkeypatch.setattr("forecast_rnn.neural.inference.streaming.CROPS_AT_ONCE", 2)
    monkeypatch.setattr("forecast_rnn.neural.inference.streaming.STEPS_AT_ONCE", 2)
    panel = start(48, 20, 38)

    def quantiles():
        memory = None
        for rows in (start(40, 12, 30), start(44, 16, 34), panel):
            memory = forecaster.remember(rows, memory)
        return last_quantiles(forecaster, panel, memory)

    alone, before = quantiles(), torch.get_num_threads()
    torch.set_num_threads(threads)
    together = quantiles()
    torch.set_num_threads(before)

    assert np.array_equal(alone, together)
