"""The package itself: functions of the verbs, and what they return."""

import dataclasses
import typing

import pytest

import forecast_rnn

VERBS = ("train", "load", "backtest", "compare", "inspect", "pretrain")
RETURNED = {
    "train": forecast_rnn.Trained,
    "load": forecast_rnn.Model,
    "backtest": forecast_rnn.Backtested,
    "compare": forecast_rnn.Compared,
    "inspect": forecast_rnn.Inspected,
    "pretrain": forecast_rnn.Pretrained,
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_a_documented_function_that_returns_a_public_value(verb):
    function = getattr(forecast_rnn, verb)

    assert callable(function)
    assert "Raises:" in function.__doc__
    assert typing.get_type_hints(function)["return"] is RETURNED[verb]


@pytest.mark.parametrize("kind", [*RETURNED.values(), forecast_rnn.Prediction])
def test_what_is_returned_is_frozen_and_says_what_it_holds(kind):
    assert dataclasses.is_dataclass(kind)
    assert kind.__dataclass_params__.frozen
    assert all(f"        {field.name}: " in kind.__doc__ for field in dataclasses.fields(kind))


def test_all_names_are_listed():
    assert set(forecast_rnn.__all__) <= set(dir(forecast_rnn))
    assert {*VERBS, *(kind.__name__ for kind in RETURNED.values())} <= set(forecast_rnn.__all__)


def test_a_name_that_is_not_there_is_refused():
    with pytest.raises(AttributeError, match="'forecast_rnn' has no attribute 'predict_all'"):
        forecast_rnn.predict_all  # noqa: B018
