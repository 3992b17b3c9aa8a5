"""What is forecast, checked before anything is read."""

import pytest

from forecast_rnn.config import QUANTILE_LEVELS, Task, TrainConfig
from forecast_rnn.errors import ConfigError


def test_a_task_forecasts_quantiles_or_classes():
    values = Task(horizon=3, season_length=1)
    classes = Task(horizon=3, season_length=1, quantile_levels=(), classes=4)

    assert (values.outputs, classes.outputs) == (9, 4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classes": 2}, "no quantiles"),
        ({"classes": 1, "quantile_levels": ()}, "classes is 1"),
        ({"classes": -3, "quantile_levels": ()}, "classes is -3"),
        ({"classes": 11, "quantile_levels": ()}, "classes is 11"),
        ({"classes": 9, "quantile_levels": (), "horizon": 9999}, "smaller --horizon"),
    ],
)
def test_classes_that_cannot_be_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        Task(**{"horizon": 3, "season_length": 1} | options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classes": 3}, "head quantile forecasts values .* pass --head direction"),
        ({"classes": 3, "head": "poisson"}, "head poisson"),
        ({"classes": -2, "head": "direction"}, "classes is -2"),
        ({"classes": 1, "head": "direction"}, "classes is 1"),
        ({"round": True, "head": "direction"}, "nothing to round; leave out --round"),
    ],
)
def test_classes_of_a_training_that_cannot_be_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        TrainConfig(**options)


def test_the_head_decides_between_quantiles_and_classes():
    assert TrainConfig().outputs(None) == (QUANTILE_LEVELS, 0)
    assert TrainConfig().outputs((0.5,)) == ((0.5,), 0)
    assert TrainConfig(head="direction").outputs(None) == ((), 2)
    assert TrainConfig(head="direction", classes=5).outputs(None) == ((), 5)
