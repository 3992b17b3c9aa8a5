import pytest

from forecast_rnn.cli import given
from forecast_rnn.errors import ConfigError


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (None, ()),
        ([], ()),
        (["a"], ("a",)),
        (["a,b", "c d"], ("a", "b", "c d")),
        (["a, b,"], ("a", "b")),
    ],
)
def test_columns_are_repeated_or_separated_by_commas(texts, names):
    assert given.columns("target", texts) == names


def test_columns_come_from_the_environment_with_their_blanks(monkeypatch):
    monkeypatch.setenv("FORECAST_RNN_TARGET", "units sold,price")

    assert given.columns("target", None) == ("units sold", "price")
    assert given.columns("target", ["y"]) == ("y",)


def test_levels_are_sorted():
    assert given.levels("0.9, 0.1,0.5") == (0.1, 0.5, 0.9)


def test_a_level_that_is_no_number_is_refused_with_the_value():
    with pytest.raises(ConfigError, match=r"'0\.1;0\.5'"):
        given.levels("0.1;0.5")
