import pytest
import typer

from forecast_rnn.cli.options import Horizon, Quantiles
from forecast_rnn.cli.values import number_in, numbers_in, texts_in
from forecast_rnn.errors import ConfigError
from forecast_rnn.fields import declaration_of

HORIZON = declaration_of("horizon", Horizon, None)
QUANTILES = declaration_of("quantiles", Quantiles, None)


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        ([], ()),
        (["a"], ("a",)),
        (["a,b", "c d"], ("a", "b", "c d")),
        (["a, b,"], ("a", "b")),
        ([" a"], (" a",)),
        ([" "], ()),
        ([r"net\, gross", r"a\,b,c"], ("net, gross", "a,b", "c")),
        (["a\\", r"a\b"], ("a\\", r"a\b")),
    ],
)
def test_texts_are_repeated_or_separated_by_commas(texts, names):
    assert texts_in(texts) == names


def test_numbers_may_have_blanks_around_them():
    assert numbers_in(QUANTILES, "0.9, 0.1,0.5") == (0.9, 0.1, 0.5)


def test_what_is_no_number_is_refused_with_the_text():
    message = r"--quantiles '0\.1;0\.5' must be numbers with commas, such as 0\.1,0\.5,0\.9\."
    with pytest.raises(ConfigError, match=message):
        numbers_in(QUANTILES, "0.1;0.5")


def test_a_whole_number_is_read():
    assert number_in(HORIZON, "28") == 28


@pytest.mark.parametrize("text", ["a", "1.5", "1e3"])
def test_what_is_no_whole_number_is_refused_with_the_text(text):
    with pytest.raises(typer.BadParameter, match=f"'{text}' is not a whole number") as caught:
        number_in(HORIZON, text)

    assert caught.value.param_hint == "--horizon"
