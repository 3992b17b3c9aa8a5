"""Classes of the change: what they mean, where they begin, and how often each comes true."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from forecast_rnn.config import ModelConfig, Task
from forecast_rnn.data.panels.outcomes import outcomes
from forecast_rnn.errors import ConfigError, DataError
from forecast_rnn.evaluation.calibration import ConformityScores
from forecast_rnn.neural.inference.classes import (
    Classes,
    changes,
    fit_classes,
    most_probable,
    numbered,
    tempered,
)
from forecast_rnn.neural.network.batch import gather, load_table, origin_tensors
from forecast_rnn.neural.scaling.transform import Transform
from tests.panels import NAN, panel_of

MODEL = ModelConfig(
    cell="gru",
    hidden_size=4,
    layers=1,
    window_length=6,
    stride=2,
    context_steps=4,
    head="direction",
)
TASK = Task(horizon=3, season_length=3, quantile_levels=(), classes=2)
PLAIN, LOG = Transform("identity"), Transform("log")
FLOOR = 0.02


def noisy(length: int, seed: int = 0) -> list[float]:
    values = 20 + np.random.default_rng(seed).normal(size=length).cumsum()
    return (np.abs(values) + 1).round(1).tolist()


@pytest.fixture
def panel():
    gappy = noisy(40, seed=2)
    gappy[10:12] = [NAN] * 2
    gappy[28:36] = [NAN] * 8
    return panel_of(noisy(60), noisy(25, seed=1), gappy)


def found_classes(panel, transform, classes: Classes, task: Task = TASK):
    rows = np.arange(len(panel.values))
    table = load_table(panel, transform, FLOOR, torch.device("cpu"))
    ahead = outcomes(panel, rows, task.horizon)
    return numbered(changes(table, panel, rows, ahead, model=MODEL, task=task), classes.edges)


@pytest.mark.parametrize("transform", [PLAIN, LOG])
def test_up_is_above_the_last_known_value_and_all_else_is_down(panel, transform):
    result = found_classes(panel, transform, Classes(edges=(0.0,)))

    for row in range(len(panel.values)):
        item = panel.item_of(np.array([row]))[0]
        first, end = panel.indptr[item], panel.indptr[item + 1]
        window = panel.values[max(first, row + 1 - MODEL.window_length) : row + 1]
        known = window[~np.isnan(window)]
        for step in range(1, TASK.horizon + 1):
            value = panel.values[row + step] if row + step < end else NAN
            if not len(known) or math.isnan(value):
                assert math.isnan(result[row, step - 1])
            else:
                assert result[row, step - 1] == (2 if value > known[-1] else 1)


def test_no_change_is_down():
    panel = panel_of([5.0, 7.0, 7.0, 7.0, 8.0])

    result = found_classes(panel, PLAIN, Classes(edges=(0.0,)))

    assert result[1].tolist() == [1, 1, 2]


@pytest.mark.parametrize(("classes", "transform"), [(2, LOG), (5, PLAIN), (4, LOG)])
def test_training_sees_the_classes_that_a_backtest_counts(panel, classes, transform):
    task = replace(TASK, classes=classes)
    fitted = fit_classes(panel, transform, FLOOR, MODEL, task)
    table = load_table(panel, transform, FLOOR, torch.device("cpu"))
    table = replace(table, edges=fitted.tensor(table.values))
    rows = np.arange(8, len(panel.values) - 4)

    batch = gather(table, *origin_tensors(panel, rows, torch.device("cpu")), model=MODEL, task=task)

    expected = found_classes(panel, transform, fitted, task)
    for step in range(MODEL.context_steps):
        origin = rows - MODEL.stride * (MODEL.context_steps - 1 - step)
        inside = (origin >= 0) & (panel.item_of(origin) == panel.item_of(rows))
        known = batch.observed[:, step].bool().numpy()[inside]
        assert (known == ~np.isnan(expected[origin[inside]])).all()
        seen = batch.target[:, step].numpy()[inside] + 1
        np.testing.assert_array_equal(seen[known], expected[origin[inside]][known])


@pytest.mark.parametrize("classes", [3, 5, 10])
def test_classes_of_the_training_rows_have_equal_shares(classes):
    walk = np.exp(0.1 * np.random.default_rng(0).normal(size=900).cumsum())
    panel, task = panel_of(walk[:500], walk[500:]), replace(TASK, classes=classes)

    fitted = fit_classes(panel, LOG, FLOOR, MODEL, task)

    number = found_classes(panel, LOG, fitted, task)
    shares = [(number == k + 1).sum() / (~np.isnan(number)).sum() for k in range(classes)]
    np.testing.assert_allclose(shares, 1 / classes, atol=1 / 900)


def test_shares_are_the_frequencies_of_each_step_with_one_more_for_each_class(panel):
    fitted = fit_classes(panel, PLAIN, FLOOR, MODEL, TASK)

    number = found_classes(panel, PLAIN, fitted)
    for step, (down, up) in enumerate(fitted.shares):
        downs, ups = ((number[:, step] == k).sum() for k in (1, 2))
        assert down == pytest.approx((downs + 1) / (downs + ups + 2), abs=1e-6)
        assert down + up == pytest.approx(1)


@pytest.mark.parametrize("classes", [2, 4])
def test_classes_do_not_depend_on_the_unit_of_a_series(classes):
    task = replace(TASK, classes=classes)
    panel = panel_of(noisy(200))
    larger = replace(panel, values=1024 * panel.values)

    for transform in (PLAIN, LOG):
        fitted = fit_classes(panel, transform, FLOOR, MODEL, task)
        again = fit_classes(larger, transform, FLOOR, MODEL, task)

        np.testing.assert_allclose(again.edges, fitted.edges, atol=1e-9)
        assert again.shares == fitted.shares


def test_down_and_up_do_not_depend_on_unit_and_origin_of_a_series():
    panel = panel_of(noisy(200))
    moved = replace(panel, values=-40.0 + 0.5 * panel.values)

    before = found_classes(panel, PLAIN, Classes(edges=(0.0,)))

    np.testing.assert_array_equal(found_classes(moved, PLAIN, Classes(edges=(0.0,))), before)


def test_a_value_below_all_that_has_a_logarithm_is_down():
    panel = panel_of([5.0, 6.0, 7.0, -1.0, 8.0])

    result = found_classes(panel, LOG, Classes(edges=(0.0,)))

    assert result[2, :2].tolist() == [1, 2]


def test_too_few_different_changes_are_refused_with_a_way_out():
    panel = panel_of([0.0, 0.0, 0.0, 0.0, 9.0] * 20)
    task = replace(TASK, classes=10)

    with pytest.raises(DataError, match=r"do not make 10 classes .* Pass fewer --classes"):
        fit_classes(panel, PLAIN, FLOOR, MODEL, task)


def test_rows_without_any_change_give_even_shares():
    fitted = fit_classes(panel_of([4.0]), LOG, FLOOR, MODEL, TASK)

    assert fitted == Classes(edges=(0.0,), shares=((0.5, 0.5),) * 3)


def odds_of(sharpness: float, count: int = 4000, windows: float = 1e9) -> ConformityScores:
    """Log probabilities whose classes come true as if they were less sure, by a factor."""
    generator = np.random.default_rng(0)
    honest = np.log(generator.dirichlet(np.ones(3), count))
    first = [generator.choice(3, p=np.exp(row)) for row in honest]
    order = [[number, *(k for k in range(3) if k != number)] for number in first]
    logs = np.take_along_axis(sharpness * honest, np.array(order), axis=1)
    logs -= np.logaddexp.reduce(logs, axis=1)[:, None]
    logs[:10] = np.nan
    return ConformityScores((), windows, logs[None].astype(np.float32))


@pytest.mark.parametrize("sharpness", [0.7, 1.0, 2.5])
def test_the_temperature_undoes_how_much_too_sure_probabilities_were(sharpness):
    result = tempered(Classes(), odds_of(sharpness))

    assert result.temperature == pytest.approx(sharpness, rel=0.08)


def test_few_windows_move_the_temperature_less_and_none_leave_it():
    nothing = ConformityScores((), 1.0, np.full((2, 3, 3), np.nan, np.float32))

    one, many = (tempered(Classes(), odds_of(2.5, windows=w)).temperature for w in (1, 1e9))

    assert one == pytest.approx(math.sqrt(many), abs=1e-3)
    assert tempered(Classes(), nothing) == Classes()


def test_the_most_probable_class_is_numbered_from_1_and_the_first_of_equals():
    probabilities = np.array([[0.2, 0.5, 0.3], [0.4, 0.4, 0.2], [NAN, NAN, NAN]])

    result = most_probable(probabilities)

    np.testing.assert_array_equal(result, [2, 1, NAN])


@pytest.mark.parametrize(
    "values",
    [{"edges": (1.0, 1.0)}, {"edges": (NAN,)}, {"shares": ((0.5, 0.6),)}, {"temperature": 0.0}],
)
def test_classes_check_themselves(values):
    with pytest.raises(ConfigError, match="must"):
        Classes(**values)
