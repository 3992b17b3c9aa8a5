import pytest

from forecast_rnn.cli.lists import numbers_in, texts_in
from forecast_rnn.cli.options import Quantiles
from forecast_rnn.errors import ConfigError
from forecast_rnn.fields import declared

QUANTILES = declared("quantiles", Quantiles, None)


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
