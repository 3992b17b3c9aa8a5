"""Tables of other libraries as Polars frames."""

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from forecast_rnn.data.files.tabular import as_frame
from forecast_rnn.errors import DataError

DAYS = [date(2024, 1, 1) + timedelta(days=day) for day in range(4)]
FRAME = pl.DataFrame({"shop": list("aabb"), "ds": DAYS, "sold": [1.0, 2.0, None, 4.0]})


@pytest.fixture
def pandas() -> Any:
    return pytest.importorskip("pandas")


@pytest.mark.parametrize(
    "data",
    [
        FRAME,
        FRAME.lazy(),
        FRAME.to_arrow(),
        pa.RecordBatchReader.from_batches(FRAME.to_arrow().schema, FRAME.to_arrow().to_batches()),
        FRAME.to_dict(as_series=False),
        FRAME.to_dict(as_series=True),
        {**FRAME.to_dict(as_series=False), "shop": np.array(list("aabb"))},
    ],
    ids=["frame", "lazy", "arrow", "stream", "lists", "series", "arrays"],
)
def test_every_kind_of_table_is_the_same_frame(data: object) -> None:
    frame = as_frame(data)

    assert frame.columns == FRAME.columns
    assert frame.cast({"shop": pl.String, "ds": pl.Date}).equals(FRAME)


def test_a_structured_array_has_the_columns_of_its_fields() -> None:
    array = np.array([(1, 2.5), (2, 3.5)], dtype=[("ds", "i8"), ("y", "f8")])

    assert as_frame(array).to_dict(as_series=False) == {"ds": [1, 2], "y": [2.5, 3.5]}


def test_a_pandas_frame_keeps_its_columns_and_an_index_that_only_numbers_rows_is_dropped(
    pandas: Any,
) -> None:
    frame = pandas.DataFrame(FRAME.to_dict(as_series=False))
    frame["ds"] = pandas.to_datetime(frame["ds"])

    # A filter leaves gaps in the numbers.
    read = as_frame(frame[frame["shop"] == "b"])

    assert read.columns == ["shop", "ds", "sold"]
    assert read["ds"].to_list() == [datetime(2024, 1, 3), datetime(2024, 1, 4)]
    assert read["sold"].to_list() == [None, 4.0]


@pytest.mark.parametrize("name", ["ds", None])
def test_times_in_the_index_of_a_pandas_frame_become_a_column(
    pandas: Any, name: str | None
) -> None:
    index = pandas.DatetimeIndex(DAYS, name=name)

    read = as_frame(pandas.DataFrame({"sold": range(4)}, index=index))

    assert read.columns == [name or "index", "sold"]
    assert read[:, 0].cast(pl.Date).to_list() == DAYS


def test_several_levels_of_an_index_become_columns(pandas: Any) -> None:
    frame = pandas.DataFrame(FRAME.to_dict(as_series=False)).set_index(["shop", "ds"])

    assert as_frame(frame).columns == ["shop", "ds", "sold"]


def test_an_index_that_is_a_column_as_well_is_not_doubled(pandas: Any) -> None:
    frame = pandas.DataFrame({"ds": DAYS, "sold": range(4)}).set_index("ds", drop=False)

    assert as_frame(frame).columns == ["ds", "sold"]


def test_a_pandas_series_is_a_column_beside_its_times(pandas: Any) -> None:
    series = pandas.Series(range(4), index=pandas.DatetimeIndex(DAYS, name="ds"))

    assert as_frame(series).columns == ["ds", "value"]


@pytest.mark.parametrize("in_index", [True, False])
def test_periods_are_read_by_their_first_moment(pandas: Any, in_index: bool) -> None:
    frame = pandas.DataFrame({"ds": pandas.period_range("2024-01", periods=3, freq="M"), "y": 1.0})

    read = as_frame(frame.set_index("ds") if in_index else frame)

    assert read["ds"].cast(pl.Date).to_list() == [date(2024, month, 1) for month in (1, 2, 3)]


@pytest.mark.parametrize("data", [[1, 2, 3], 7, pl.Series([1]), np.zeros((3, 2)), b"ds,y", None])
def test_what_is_no_table_is_a_type_error_that_says_what_is_one(data: object) -> None:
    with pytest.raises(TypeError, match="is not a table; give a path"):
        as_frame(data)


@pytest.mark.parametrize("data", [{"ds": [1, 2, 3], "y": [1, 2]}, {"ds": [object()], "y": [1, 2]}])
def test_columns_that_make_no_table_are_refused(data: dict[str, list[object]]) -> None:
    with pytest.raises(DataError, match="cannot be read as a table"):
        as_frame(data)


def test_a_pandas_column_of_several_types_is_refused(pandas: Any) -> None:
    with pytest.raises(DataError, match="cannot be read as a table"):
        as_frame(pandas.DataFrame({"ds": DAYS, "y": [1, "a", 2.5, None]}))
