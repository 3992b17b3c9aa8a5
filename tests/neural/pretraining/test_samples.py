import numpy as np
import pytest

from forecast_rnn.neural.pretraining.samples import (
    ORIGINS,
    ROWS,
    STEPS,
    draw_origins,
    draw_sample,
    draw_shape,
)

SHAPES = [draw_shape(np.random.default_rng([1, step])) for step in range(400)]


@pytest.mark.parametrize("step", range(4))
def test_a_batch_is_a_function_of_seed_and_step(step):
    first, again, other = draw_sample(3, step), draw_sample(3, step), draw_sample(4, step)

    assert np.array_equal(first.read, again.read)
    assert np.array_equal(first.target, again.target)
    assert first.read.shape != other.read.shape or not np.array_equal(first.read, other.read)


@pytest.mark.parametrize("step", range(4))
def test_a_batch_is_finite_and_of_one_shape(step):
    sample = draw_sample(0, step)
    lead = sample.origins.shape

    for part in (sample.read, sample.target, sample.weight, sample.steps.told, sample.steps.trials):
        assert np.isfinite(part).all()
    assert sample.target.shape == sample.weight.shape == (*lead, sample.steps.told.shape[1])
    assert len(sample.steps.told) == len(sample.steps.trials) == np.prod(lead)
    assert (sample.weight >= 0).all()
    assert (sample.weight > 0).mean() > 0.8
    assert sample.target.shape[2] <= STEPS


def test_batches_are_of_all_lengths_and_about_one_size():
    contexts = np.array([shape.context for shape in SHAPES])
    rows = np.array([shape.context * shape.windows for shape in SHAPES])

    assert contexts.min() < 10
    assert contexts.max() > 300
    assert max(shape.history for shape in SHAPES) > 3000
    assert max(shape.ahead for shape in SHAPES) > 150
    assert rows.max() <= ROWS
    assert np.median(rows) > 0.9 * ROWS
    assert all(shape.context <= shape.history for shape in SHAPES)


@pytest.mark.parametrize("context", [5, 9, 200])
def test_origins_lie_in_the_last_two_thirds_and_one_at_the_end(context):
    origins = draw_origins(np.random.default_rng(0), 50, context)

    assert origins.min() >= min(2, context // 3)
    assert (origins[:, -1] == context - 1).all()
    assert origins.size <= ORIGINS + 100
