"""Text cells read by one pattern."""

from datetime import date

import polars as pl

from forecast_rnn.data.columns.timecells import detect, plain_pattern, plain_times


def test_day_first_is_settled_by_one_row() -> None:
    assert [pattern.day for pattern in detect(pl.Series(["01/02/2024", "13/02/2024"]))] != []
    assert plain_pattern(pl.Series(["01/02/2024", "13/02/2024"]), None) is None


def test_plain_times_are_read_and_others_left() -> None:
    cells = pl.Series(["2024-01-31", "2024-02-29"])
    plain = plain_times(plain_pattern(cells, None))

    values = plain.convert(cells)

    assert values is not None
    assert values.to_list() == [date(2024, 1, 31), date(2024, 2, 29)]
    for odd in ("2024-2-1", "", "2024-02-30", "0024-01-01"):
        assert plain.convert(pl.Series(["2024-01-31", odd])) is None


def test_whole_numbers_are_plain_without_a_pattern() -> None:
    plain = plain_times(None)

    assert plain.dtype == pl.Int64
    assert plain.convert(pl.Series([1, None])) is None
