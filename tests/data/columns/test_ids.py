"""Ids are there, or it is said where not."""

import polars as pl
import pytest

from forecast_rnn.data.columns.ids import take_ids
from forecast_rnn.data.files.table import Rows, row_number
from forecast_rnn.errors import DataError


def test_ids_are_taken_as_they_are() -> None:
    frame = pl.DataFrame({"shop": ["a", "b"], "number": [7, 8], "y": [1.0, 2.0]})

    ids = take_ids(Rows("data.csv", frame, row_number), ["shop", "number"])

    assert ids.rows() == [("a", 7), ("b", 8)]


@pytest.mark.parametrize("dtype", [pl.String, pl.Categorical])
def test_missing_ids_of_all_columns_are_told_by_row(dtype: pl.DataType) -> None:
    shops = pl.Series("shop", ["", "a", None, "b"]).cast(dtype)
    frame = pl.DataFrame({"shop": shops, "number": [1, None, 3, 4]})

    with pytest.raises(DataError) as caught:
        take_ids(Rows("data.csv", frame, row_number), ["shop", "number"])

    assert [(fault.place, fault.column) for fault in caught.value.faults] == [
        ("row 1", "shop"),
        ("row 2", "number"),
        ("row 3", "shop"),
    ]
    assert caught.value.counts == {"shop": 2, "number": 1}
