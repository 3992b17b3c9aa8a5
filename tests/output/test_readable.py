import math

import pytest

from forecast_rnn.output.readable import number, numbers, percent, plain


def test_control_characters_are_shown_and_not_obeyed():
    assert plain("a\x1b[31mb\nc\u202ed") == "a\\x1b[31mb\\nc\\u202ed"


def test_letters_of_all_scripts_stay():
    assert plain("Zürich 東京 Ω") == "Zürich 東京 Ω"


def test_a_file_name_that_is_no_text_can_be_shown():
    assert plain("\udcff.csv") == "\\udcff.csv"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.0123456, "0.01235"),
        (0.5, "0.5000"),
        (1.23456, "1.235"),
        (12.3456, "12.35"),
        (-123.456, "-123.5"),
        (1234.56, "1,235"),
        (1234567.0, "1,234,567"),
        (1e-9, "1.000e-09"),
        (1e300, "1.000e+300"),
        (math.nan, "-"),
        (math.inf, "inf"),
        (None, "-"),
        (7305, "7,305"),
        (5.0, "5"),
        (True, "1"),
        ("gru", "gru"),
    ],
)
def test_a_number_has_four_significant_digits(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.6123, 1.0, 12.3456], ["0.612", "1.000", "12.346"]),
        ([251.34, 1034.0, None], ["251", "1,034", "-"]),
        ([0.0, math.nan], ["0", "-"]),
        ([1e-9, 1.0], ["1.000e-09", "1"]),
        ([], []),
    ],
)
def test_the_numbers_of_a_column_have_the_same_decimals(values, texts):
    assert numbers(values) == texts


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.8123, "81%"), (0.0312, "3.1%"), (-0.5, "-50%"), (0.0, "0.0%"), (None, "-")],
)
def test_a_share_is_in_percent(share, text):
    assert percent(share) == text
