"""Tables with a column a time, as statistical offices publish them, as tables with a row a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from forecast_rnn.data.columns.headtimes import head_times
from forecast_rnn.data.columns.kinds import kinds_of
from forecast_rnn.data.columns.numbers import is_missing
from forecast_rnn.data.files.table import Plain, Rows, Table
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.words import counted

_VALUE = "value"
_EMPTY = "-"
_ROW = "row of the input"
_FLAGGED = r"^\s*(?::.*|([^:]*?)\s+[a-z]{1,3})\s*$"
"""A cell of Eurostat: `:` is missing, and letters after a number are remarks."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """What the columns of a table with a column a time are.

    Attributes:
        times: The name of each column that is a time, and the time as a cell would hold it.
        ids: Names of the columns that name a row.
        kept: Other columns that the user gave a role.
        time: What the column of times is called.
        packed: Name of a column that holds all ids, parted by commas; None if there is none.
    """

    times: dict[str, str]
    ids: tuple[str, ...]
    kept: tuple[str, ...]
    time: str
    packed: str | None = None


def turn_round(table: Table, hints: Hints) -> tuple[Table, Hints, tuple[str, ...]]:
    """Make a row of each cell under a column that is named by a time.

    Any other table stays as it is: one with a column of times, or with fewer than four such names.
    """
    layout = _layout(table, hints)
    if layout is None:
        return table, hints, ()

    def load(columns: Sequence[str], _: Mapping[str, Plain]) -> Rows:
        names = [name for name in table.sample.columns if name in _needed(layout)]
        return _turned(table.load(names, {}), layout, columns)

    columns = [layout.time, *layout.ids, *layout.kept, _VALUE]
    head = Rows(table.name, table.sample, str)
    sample = _turned(head, layout, columns).frame
    ends = [next(iter(layout.times)).strip(), next(reversed(layout.times)).strip()]
    warning = (
        f"{counted(len(layout.times), 'column')} ({ends[0]} to {ends[1]}) are times: each cell "
        f"is read as a row, with its time in column {layout.time} and its number in {_VALUE}."
    )
    changed = replace(hints, time=layout.time, target=(_VALUE,), wide=False)
    if not hints.item_id and layout.ids:
        changed = replace(changed, item_id=_fewest(table.sample, layout))
    return Table(table.name, sample, load), changed, (warning,)


def _needed(layout: _Layout) -> set[str]:
    ids = layout.ids if layout.packed is None else (layout.packed,)
    return {*layout.times, *ids, *layout.kept}


def _layout(table: Table, hints: Hints) -> _Layout | None:
    columns = table.sample.columns
    if any(name in columns for name in (hints.time, *hints.target)):
        return None
    times = head_times(columns, hints.date_format)
    others = [name for name in columns if name not in times]
    if not times:
        return None
    kinds = kinds_of(table.sample, hints.date_format).without([*times])
    if any(kind == "time" for kind in kinds.values()):
        return None
    kept = tuple(name for name in hints.covariates if name in others)
    first = columns[0]
    if "\\" in first and first not in times:
        names, _, time = first.rpartition("\\")
        ids = tuple(name.strip() for name in names.split(","))
        return _Layout(times, ids, kept, time.strip() or "time", first)
    texts = tuple(name for name, kind in kinds.items() if kind == "text" and name not in kept)
    return _Layout(times, hints.item_id or texts, kept, "time" if "time" not in others else "time_")


def _fewest(sample: pl.DataFrame, layout: _Layout) -> tuple[str, ...]:
    """Return as few of the id columns as tell all rows apart, rather the first and full ones."""
    ids = _ids(sample, layout)
    keep = [name for name in layout.ids if not (ids[name] == _EMPTY).any()]
    rows = ids.n_unique()
    if not keep or ids.select(keep).n_unique() < rows:
        return layout.ids
    for name in reversed(keep):
        fewer = [other for other in keep if other != name]
        if fewer and ids.select(fewer).n_unique() == rows:
            keep = fewer
    return tuple(keep)


def _ids(frame: pl.DataFrame, layout: _Layout) -> pl.DataFrame:
    """Return the id columns as text; a part that is left empty is a dash."""
    if layout.packed is not None:
        parts = frame[layout.packed].str.split_exact(",", len(layout.ids) - 1).struct.unnest()
        parts.columns = list(layout.ids)
        return parts.with_columns(pl.all().str.strip_chars())
    texts = frame.select(pl.col(layout.ids).cast(pl.String).fill_null(""))
    return texts.select(
        pl.when(pl.all() == "").then(pl.lit(_EMPTY)).otherwise(pl.all()).name.keep()
    )


def _turned(rows: Rows, layout: _Layout, columns: Sequence[str]) -> Rows:
    """Return the rows of a turned table, without those before the first value of a series."""
    names = [*layout.times]
    ids = _ids(rows.frame, layout) if layout.ids else pl.DataFrame()
    kept = [rows.frame[name] for name in layout.kept]
    base = pl.DataFrame([*ids, *kept, *rows.frame.select(names)]).with_row_index(_ROW)
    index = [_ROW, *ids.columns, *layout.kept]
    # By Polars column after column, so that the rows of one series are far apart.
    long = base.unpivot(names, index=index, variable_name=layout.time, value_name=_VALUE)
    if long[_VALUE].dtype == pl.String and layout.packed is not None:
        long = long.with_columns(pl.col(_VALUE).str.replace(_FLAGGED, "${1}"))
    place = pl.int_range(pl.len()) // base.height
    long = long.with_columns(
        pl.col(layout.time).replace_strict(layout.times, return_dtype=pl.String),
        place.alias(f"{_ROW} place"),
    ).sort(_ROW, f"{_ROW} place")
    present = ~_absent(long[_VALUE])
    begun = (
        present.cast(pl.Int8).to_frame().select(pl.first().cum_max().over(long[_ROW])).to_series()
    )
    ended = int(long[f"{_ROW} place"].filter(present).max() or 0)  # type: ignore[arg-type]
    warnings = (*rows.warnings, *_about_empty(rows, base.height, long.filter(present)[_ROW]))
    long = long.filter((begun > 0) & (long[f"{_ROW} place"] <= ended))
    origin = long[_ROW].to_numpy().astype(np.int64)
    return replace(
        rows,
        frame=long.select(columns),
        where=lambda row: rows.where(int(origin[row])),
        warnings=warnings,
    )


def _about_empty(rows: Rows, count: int, filled: pl.Series) -> tuple[str, ...]:
    empty = np.setdiff1d(np.arange(count), filled.unique().to_numpy())
    if not len(empty):
        return ()
    first = rows.where(int(empty[0]))
    return (f"{counted(len(empty), 'row')} without any value left out (first: {first}).",)


def _absent(cells: pl.Series) -> pl.Series:
    return is_missing(cells) if cells.dtype == pl.String else cells.is_null()
