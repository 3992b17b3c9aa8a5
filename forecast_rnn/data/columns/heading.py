"""What names of columns tell: a header that is none, row numbers, and names of times."""

import polars as pl

from forecast_rnn.data.columns.kinds import Kinds
from forecast_rnn.data.columns.timecells import detect
from forecast_rnn.data.files.table import Table
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.words import listed, shown
from forecast_rnn.errors import DataError

TIME_NAMES: tuple[str, ...] = (
    *("ds", "timestamp", "datetime", "date_time", "date", "time", "day", "week", "month"),
    *("quarter", "period", "year", "yearmonth", "year_month", "time_idx", "step", "t"),
)


def known_time(name: str) -> bool:
    """Tell whether a name is one that times usually have."""
    return name.lower().strip() in TIME_NAMES


def ignored_columns(table: Table, kinds: Kinds, hints: Hints) -> tuple[set[str], tuple[str, ...]]:
    """Return the row numbers that other tools write first, and nameless empty columns."""
    first = table.sample.columns[0]
    ignored, warnings = set(), []
    unnamed = first in {"column_1", "Unnamed: 0", "__index_level_0__", "index"}
    hinted = {hints.time, *hints.target, *hints.item_id, *hints.covariates}
    if (
        (unnamed and first not in hinted)
        and kinds[first] == "number"
        and any(known_time(name) or kinds[name] == "time" for name in kinds.without({first}))
    ):
        ignored.add(first)
        warnings.append("the first column holds row numbers and has no name; it is ignored.")
    for place, column in enumerate(kinds, start=1):
        nameless = column == f"column_{place}" and column not in hinted
        if nameless and kinds[column] == "empty":
            ignored.add(column)
            warnings.append(f"column {place} has neither a name nor values; it is ignored.")
    return ignored, tuple(warnings)


def check_header(table: Table, kinds: Kinds, *, wide: bool) -> None:
    """Raise DataError if the first line holds data and no names."""
    names = pl.Series(table.sample.columns, dtype=pl.String)
    number = names.cast(pl.Float64, strict=False).is_not_null()
    data = [
        name
        for name, numeric in zip(names, number, strict=True)
        if (numeric or _may_be_time(name)) and kinds[name] in {"number", "time"}
    ]
    # The names of series may be numbers, but that of the time column is none.
    if data and (not wide or len(data) == len(names)):
        hint = "" if len(data) == len(names) else ", or pass --wide if each column is a series"
        raise DataError(
            f"{table.name}: the first line looks like data, not like column names "
            f"({listed([shown(name) for name in names])}). Add a header line{hint}."
        )


def _may_be_time(name: str) -> bool:
    # A time without a digit there is not, and most names have none.
    return any(map(str.isdigit, name)) and bool(detect(pl.Series([name])))
