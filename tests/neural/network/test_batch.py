"""Crops cut by origin, against a plain loop."""

import math

import numpy as np
import pytest
import torch

from forecast_rnn.config import ModelConfig, Task
from forecast_rnn.neural.network.batch import gather, input_channels, load_table, measure_floor
from forecast_rnn.neural.scaling.transform import Transform
from tests.panels import panel_of

MODEL = ModelConfig(cell="gru", hidden_size=4, layers=1, window_length=4, stride=2, context_steps=3)
TASK = Task(horizon=3, season_length=2)
CPU = torch.device("cpu")
IDENTITY = Transform("identity")
SERIES = (
    [float(v) for v in (3, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15)],
    [float(v) for v in (1, 2)],
    [2.0, math.nan, 4.0, 4.5, math.nan, 6.0, 7.0],
)


def cut(series=SERIES, transform=IDENTITY, floor=0.1):
    panel = panel_of(*series)
    table = load_table(panel, transform, floor, CPU)
    items = torch.tensor(panel.item_of(np.arange(len(panel.values))))
    rows = torch.arange(len(panel.values))
    return panel, gather(table, items, rows, model=MODEL, task=TASK)


def test_without_targets_the_rest_is_the_same_and_nothing_ahead_is_looked_at():
    panel, batch = cut()
    table = load_table(panel, IDENTITY, 0.1, CPU)
    origin = 5
    table.values[origin + 1 :] = math.nan

    items, rows = torch.tensor([0]), torch.tensor([origin])
    bare = gather(table, items, rows, model=MODEL, task=TASK, targets=False)

    for name in ("inputs", "windows", "seen"):
        assert torch.equal(getattr(bare, name), getattr(batch, name)[[origin]])
    assert torch.equal(bare.scale.level, batch.scale.level[[origin]])
    assert bare.target.shape == bare.observed.shape == (1, MODEL.context_steps, 0)


def plain_value(series, position):
    return series[position] if 0 <= position < len(series) else math.nan


def test_windows_and_targets_equal_a_plain_loop_at_every_row_of_every_series():
    _, batch = cut()
    restored = batch.scale.restore(batch.windows.double())
    target = batch.scale.restore(batch.target.double())

    place = 0
    for series in SERIES:
        for origin in range(len(series)):
            for step in range(3):
                end = origin - (2 - step) * MODEL.stride
                window = [plain_value(series, end - 3 + k) for k in range(4)]
                for k, value in enumerate(window):
                    if not math.isnan(value):
                        assert restored[place, step, k] == pytest.approx(value, rel=1e-5)
                    assert bool(batch.inputs[place, step, 4 + k]) == (not math.isnan(value))
                seen = any(not math.isnan(value) for value in window)
                for h in range(3):
                    value = plain_value(series, end + 1 + h)
                    counts = seen and not math.isnan(value)
                    assert bool(batch.observed[place, step, h]) == counts
                    if counts:
                        assert target[place, step, h] == pytest.approx(value, rel=1e-5)
            place += 1
    assert place == len(batch.inputs)


def test_inputs_have_the_channels_that_the_network_expects_and_are_finite():
    _, batch = cut()

    assert batch.inputs.shape == (21, 3, input_channels(MODEL))
    assert bool(batch.inputs.isfinite().all())


def test_inputs_do_not_change_with_rows_after_the_origin():
    changed = [[*series[:-2], 999.0, -999.0] for series in SERIES]
    keep = [number for number in range(21) if number not in (10, 11, 12, 13, 19, 20)]

    _, before = cut()
    _, after = cut(changed)

    assert torch.equal(before.inputs[keep], after.inputs[keep])
    assert torch.equal(before.windows[keep], after.windows[keep])


def test_inputs_do_not_change_with_the_unit_of_the_data():
    tripled = [[3 * value for value in series] for series in SERIES]

    _, before = cut()
    _, after = cut(tripled)

    torch.testing.assert_close(before.inputs, after.inputs)


def test_inputs_on_the_log_scale_do_not_change_with_the_unit_of_the_data():
    tripled = [[3 * value for value in series] for series in SERIES]

    _, before = cut(transform=Transform("log"))
    _, after = cut(tripled, transform=Transform("log"))

    torch.testing.assert_close(before.inputs, after.inputs)


def test_seen_tells_whether_the_last_window_holds_anything():
    _, batch = cut(([1.0, 2.0, math.nan, math.nan, math.nan, math.nan],))

    assert batch.seen.tolist() == [True, True, True, True, True, False]


def test_floor_is_a_tenth_of_the_usual_size_of_windows():
    panel = panel_of([0.0, 2.0, 0.0, 2.0], [5.0, 5.0, 5.0, 5.0], [0.0, 4.0, 0.0, 4.0])

    floor = measure_floor(panel, Transform("log1p"), MODEL, 2)
    zero_two, zero_four = math.log(3) / 2, math.log(5) / 2  # mean deviations on the log1p scale

    assert floor == pytest.approx(0.1 * min(zero_two, zero_four))  # the lower median of two


def test_without_any_window_the_floor_is_a_tenth():
    assert measure_floor(panel_of([], []), IDENTITY, MODEL, 2) == 0.1


@pytest.mark.parametrize("row", [4, 11])
def test_a_crop_inside_its_series_is_cut_as_one_among_others_is(row):
    panel = panel_of([float(v) for v in range(1, 16)], [8.0, math.nan, 9.0])
    table = load_table(panel, Transform("log"), 0.1, CPU)
    inside, beyond = (
        (torch.tensor([0]), torch.tensor([row])),
        (torch.tensor([1]), torch.tensor([17])),
    )
    both = tuple(map(torch.cat, zip(inside, beyond, strict=True)))
    config = {"model": MODEL, "task": TASK}

    alone, among = gather(table, *inside, **config), gather(table, *both, **config)

    for name in ("inputs", "windows", "target", "observed"):
        assert torch.equal(getattr(alone, name)[0], getattr(among, name)[0])
