"""Tables of other libraries as Polars frames, none of which this package depends on.

They are known by what they can do, not by their class: pandas by `reset_index`, Arrow tables
(and whatever else speaks its C stream: DuckDB, Ibis, cuDF) by `__arrow_c_stream__`.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.errors import DataError


class ArrowStream(Protocol):
    """A table that hands out its columns as Arrow does, such as a `pyarrow.Table`."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class PandasLike(Protocol):
    """A pandas DataFrame or Series."""

    @property
    def index(self) -> Any: ...  # noqa: D102

    def reset_index(self) -> Any: ...  # noqa: D102


Tabular = pl.DataFrame | pl.LazyFrame | PandasLike | ArrowStream | Mapping[str, Any] | NDArray[Any]


def as_frame(data: object) -> pl.DataFrame:
    """Return a table in memory as a Polars frame.

    Args:
        data: A Polars frame, lazy or not; a pandas DataFrame or Series, whose index becomes
            columns unless it only numbers rows; an Arrow table or stream; a dict of columns; or
            a structured NumPy array.

    Raises:
        TypeError: it is no table.
        DataError: its columns differ in length, or one holds values of several types.
    """
    convert = _converter(data)
    if convert is None:
        raise TypeError(
            f"data of type {type(data).__name__} is not a table; give a path, a Polars, pandas or "
            "Arrow table, or a dict of columns such as {'ds': times, 'y': values}."
        )
    try:
        return convert(data)
    except (ValueError, TypeError, pl.exceptions.PolarsError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise DataError(
            f"the {type(data).__name__} cannot be read as a table: {reason}. Give columns of equal "
            "length with values of one type each."
        ) from None


def _converter(data: object) -> Callable[[Any], pl.DataFrame] | None:
    """Return what makes a frame of data of this type; None if nothing does."""
    if isinstance(data, pl.DataFrame):
        return lambda frame: frame
    if isinstance(data, pl.LazyFrame):
        return lambda frame: frame.collect()
    if hasattr(data, "reset_index") and hasattr(data, "index"):
        return _from_pandas
    if hasattr(data, "__arrow_c_stream__") and not isinstance(data, pl.Series):
        return pl.DataFrame
    if isinstance(data, Mapping):
        return lambda columns: pl.DataFrame(dict(columns), strict=False)
    structured = isinstance(data, np.ndarray) and data.dtype.names is not None
    return pl.from_numpy if structured else None


def _from_pandas(data: Any) -> pl.DataFrame:
    frame = data.to_frame("value" if data.name is None else data.name) if data.ndim == 1 else data
    if not _numbers_rows(frame.index) and not {*frame.index.names} & {*frame.columns}:
        frame = frame.reset_index()
    # A period is a number to Arrow; its first moment is a time.
    periods = {
        name: column.dt.to_timestamp()
        for name, column in frame.items()
        if str(column.dtype).startswith("period[")
    }
    frame = frame.assign(**periods) if periods else frame
    return pl.from_pandas(frame, include_index=False)


def _numbers_rows(index: Any) -> bool:
    """Tell whether an index only numbers rows; it may have gaps where rows were left out."""
    return index.nlevels == 1 and index.name is None and index.dtype.kind in "iu"
