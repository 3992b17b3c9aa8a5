"""Ways of writing times that are read by writing them in another way first."""

import polars as pl
import pytest

from forecast_rnn.data.columns.rewriting import rewritten


@pytest.mark.parametrize(
    ("cell", "other"),
    [
        ("2024-01-01/2024-01-07", "2024-01-01"),
        ("2024-01-01T05:00Z/2024-01-01T06:00Z", "2024-01-01T05:00Z"),
        ("2024-01-01 05:00 - 2024-01-01 06:00", "2024-01-01 05:00"),
        ("01.02.2024 \u2013 07.02.2024", "01.02.2024"),
        ("01.02.2024-07.02.2024", "01.02.2024"),
        ("Jan 1, 2024 to Jan 7, 2024", "Jan 1, 2024"),
        ("2008-1st Quarter", "2008-Q1"),
        ("2nd quarter 2008", "2008-Q2"),
        ("Quarter 3, 2008", "2008-Q3"),
        ("2008/Q4", "2008-Q4"),
        ("3Q 2008", "2008-Q3"),
        ("Q1/2008", "2008-Q1"),
        ("KW 5 2024", "2024-W05"),
        ("Week 12, 2024", "2024-W12"),
        ("2024 week 3", "2024-W03"),
        ("2024-M07", "2024M07"),
        ("Mon, 1 Jan 2024", "1 Jan 2024"),
        ("1st January 2024", "1 January 2024"),
        ("January 2nd, 2024", "January 2, 2024"),
        ("January, 2024", "January 2024"),
        ("Sept 2024", "Sep 2024"),
    ],
)
def test_a_time_in_words_is_rewritten_to_a_form_that_is_read(cell: str, other: str) -> None:
    changed = rewritten(pl.Series([cell]))

    assert changed is not None
    assert changed.to_list() == [other]


@pytest.mark.parametrize("cell", ["2024-01-01", "2024-13-01", "north - south", "a/b", "12.5", ""])
def test_what_is_read_as_it_is_or_is_no_time_stays(cell: str) -> None:
    assert rewritten(pl.Series([cell])) is None


def test_cells_that_do_not_follow_the_first_stay_as_they_are() -> None:
    changed = rewritten(pl.Series(["2008-1st Quarter", "none", None]))

    assert changed is not None
    assert changed.to_list() == ["2008-Q1", "none", None]
