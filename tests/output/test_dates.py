from datetime import date, datetime

import polars as pl
import pytest

from forecast_rnn.output.dates import number_format, read_times


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("%Y-%m-%d", r"yyyy\-mm\-dd"),
        ("%-d.%-m.%Y", r"d\.m\.yyyy"),
        ("%m/%d/%Y", r"mm\/dd\/yyyy"),
        ("%Y-%m", r"yyyy\-mm"),
        ("%d %b %y", r"[$-409]dd\ mmm\ yy"),
        ("%FT%T", r"yyyy\-mm\-dd\Thh\:mm\:ss"),
        ("%Y%m%d %H%M", r"yyyymmdd\ hhmm"),
        ("%Y-%m-%d %H:%M:%S%.3f", r"yyyy\-mm\-dd\ hh\:mm\:ss.000"),
        ("%d/%m/%Y %I:%M %p", r"[$-409]dd\/mm\/yyyy\ hh\:mm\ AM/PM"),
    ],
)
def test_a_pattern_has_the_number_format_that_shows_the_same(pattern, expected):
    assert number_format(pattern) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        *("%Y", "%H:%M", "%YQ%q", "%G-W%V", "%Y-%m-%d %H:%M:%S%.6f", "%Y-%m-%d %H:%M%:z", "%s"),
        "%Y-%m-%d %M",  # a spreadsheet would show the month once more
        "%d %H %m %Y",  # and here minutes
        "%Y-%m-%d %I:%M",  # and here 24 hours
    ],
)
def test_a_pattern_that_no_number_format_shows_has_none(pattern):
    assert number_format(pattern) is None


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("2024-02-29", "%Y-%m-%d", date(2024, 2, 29)),
        ("9.3.2024", "%-d.%-m.%Y", date(2024, 3, 9)),
        ("Mar 2024", "%b %Y", date(2024, 3, 1)),
        ("2024-03-09T07:05", "%Y-%m-%dT%H:%M", datetime(2024, 3, 9, 7, 5)),
        ("3/9/2024 9:30 PM", "%-m/%-d/%Y %-I:%M %p", datetime(2024, 3, 9, 21, 30)),
    ],
)
def test_text_becomes_the_time_that_it_says(text, pattern, expected):
    times = read_times(pl.Series([text, None]), pattern)

    assert times is not None
    assert times.to_list() == [expected, None]


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("1899-12-31", "%Y-%m-%d"),
        ("2024-3-9", "%Y-%m-%d"),
        ("2024-03-31 02:30+01:00", "%Y-%m-%d %H:%M"),
        ("north", "%Y-%m-%d"),
    ],
)
def test_other_text_stays_text(text, pattern):
    assert (
        read_times(pl.Series(["2024-01-01" if "H" not in pattern else text, text]), pattern) is None
    )
