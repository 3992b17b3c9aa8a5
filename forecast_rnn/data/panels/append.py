"""New rows of series that are known already."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.columns.clock import format_times
from forecast_rnn.data.panels.future import joined
from forecast_rnn.data.panels.missing import fill_missing
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.series.covariates import Covariates
from forecast_rnn.data.time.stamps import locate, to_stamps
from forecast_rnn.data.words import counted, listed, shown
from forecast_rnn.errors import DataError

Index = NDArray[np.int64]

NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Laid:
    """Rows of one panel on the grid of another.

    Attributes:
        items: Item of each row in the other panel, [rows].
        positions: Where it lies inside the item, [rows].
    """

    items: Index
    positions: Index


def appended(panel: Panel, new: Panel, place: Index) -> tuple[Panel, tuple[str, ...]]:
    """Return a panel with new rows at the ends of its items, and warnings about them.

    Rows between the last one known and the first new one are gaps: missing, or filled as the
    schema says.

    Args:
        panel: The series.
        new: Rows of some of them, with what is known of the steps after these.
        place: The item of `panel` that each of `new` is; -1 for none, [N'].

    Raises:
        DataError: a series is not known, a row is not later than the last one known, or off
            the grid, or a static column has changed.
    """
    _check_known(new, place)
    rows = _laid(panel, new, place, new.lengths())
    _check_later(panel, new, rows)
    _check_static(panel, new, place)
    lengths = panel.lengths()
    longer = lengths.copy()
    np.maximum.at(longer, rows.items, rows.positions + 1)
    extra = longer - lengths
    bounds = np.append(0, np.cumsum(extra))
    # New values item by item; where an item has some, its first stands at its bound.
    added = np.full(bounds[-1], np.nan)
    added[bounds[rows.items] + rows.positions - lengths[rows.items]] = new.values
    values = np.insert(panel.values, np.repeat(panel.indptr[1:], extra), added)
    grown = replace(panel, values=values, indptr=panel.indptr + bounds)
    if panel.covariates is not None:
        grown = replace(grown, covariates=_covariates(panel, new, place))
    gaps = _about_gaps(panel, rows)
    if not gaps or panel.schema.missing == "keep":
        return grown, gaps
    return fill_missing(grown, panel.schema.missing)[0], ()  # filled on purpose, so no warning


def _laid(panel: Panel, new: Panel, place: Index, lengths: Index) -> _Laid:
    """Find where the first rows of new items, so many of each, lie on the grid of the panel."""
    item = np.repeat(np.arange(len(lengths)), lengths)
    # Counting on, less the row at which the item begins.
    position = np.arange(len(item)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    times = new.timestamps(pl.Series(item), pl.Series(position))
    local, known = panel.frequency.calendar, place[item]
    anchors = to_stamps(panel.starts.gather(known), local=local)
    positions, fits = locate(to_stamps(times, local=local), anchors, panel.frequency)
    if not fits.all():
        off = int(np.argmin(fits))
        start, time = panel.starts[int(known[off])], times[off]
        written = format_times(pl.Series([time, start]), panel.schema)
        raise DataError(
            f"{panel.names()[known[off]]} has a new row at {written[0]}, which is not a whole "
            f"number of steps of {panel.frequency.every} after its first one ({written[1]}). "
            "Give rows of the frequency trained on."
        )
    return _Laid(known, positions)


def _check_known(new: Panel, place: Index) -> None:
    unknown = np.flatnonzero(place < 0)
    if len(unknown):
        names = new.names()
        unknown_names = listed([names[item] for item in unknown], NAMES_SHOWN)
        raise DataError(
            f"the model does not know {counted(len(unknown), 'series')} of the new rows: "
            f"{unknown_names}. Leave them out, or forecast all series from their whole history "
            "with predict."
        )


def _check_later(panel: Panel, new: Panel, rows: _Laid) -> None:
    late = rows.positions < panel.lengths()[rows.items]
    if late.any():
        row = int(np.argmax(late))
        item = int(rows.items[row])
        at = pl.Series([int(rows.positions[row]), int(panel.lengths()[item]) - 1])
        times = format_times(panel.timestamps(pl.Series([item, item]), at), panel.schema)
        raise DataError(
            f"{panel.names()[item]} has a new row at {times[0]}, but its rows up to {times[1]} are "
            f"known already ({counted(int(late.sum()), 'such row')}). Give only rows that are "
            "new; if earlier ones have changed, forecast from the whole history with predict."
        )


def _check_static(panel: Panel, new: Panel, place: Index) -> None:
    if panel.covariates is None or new.covariates is None:
        return
    for column in new.covariates.static:
        now = column.cast(pl.String)
        before = panel.covariates.static[column.name].gather(place).cast(pl.String)
        changed = now.ne_missing(before)
        if changed.any():
            item = int(changed.arg_max() or 0)
            raise DataError(
                f"{new.names()[item]} has {shown(now[item])} in static column "
                f"{shown(column.name)}, which was {shown(before[item])} before; it must stay the "
                "same within a series. Correct it, or train again."
            )


def _about_gaps(panel: Panel, rows: _Laid) -> tuple[str, ...]:
    first = np.full(len(panel.order), np.iinfo(np.int64).max)
    np.minimum.at(first, rows.items, rows.positions)
    items = np.unique(rows.items)
    skipped = first[items] - panel.lengths()[items]
    if not skipped.any():
        return ()
    widest = int(items[np.argmax(skipped)])
    return (
        f"{counted(int((skipped > 0).sum()), 'series')} skip rows before the new ones (at most "
        f"{counted(int(skipped.max()), 'row')}, in {panel.names()[widest]}); they are missing.",
    )


def _covariates(panel: Panel, new: Panel, place: Index) -> Covariates:
    """Return the covariates of a grown panel; new rows win where both have a value."""
    old, other = panel.covariates, new.covariates
    assert old is not None
    assert other is not None
    old, other = old.compact(), other.compact()
    rows = _laid(panel, new, place, other.lengths)
    lengths = old.lengths.copy()
    np.maximum.at(lengths, rows.items, rows.positions + 1)
    # New rows replace what was known ahead about the same steps.
    first = np.cumsum(lengths) - lengths
    # Where each row of the result stands in old rows followed by new ones; -1 is a gap.
    index = np.full(lengths.sum(), -1)
    index[np.arange(old.frame.height) + np.repeat(first - old.first, old.lengths)] = np.arange(
        old.frame.height
    )
    index[first[rows.items] + rows.positions] = old.frame.height + np.arange(other.frame.height)
    columns = [
        joined(column, other.frame.get_column(column.name), other.frame.height)
        for column in old.frame
    ]
    frame = pl.DataFrame([_gathered(column, index) for column in columns])
    return Covariates(old.static, frame, first, lengths)


def _gathered(column: pl.Series, index: Index) -> pl.Series:
    """Return the cells at places, and none where a place is -1."""
    cells = column.gather(np.maximum(index, 0))
    empty = pl.Series([None], dtype=column.dtype).new_from_index(0, len(index))
    picked = cells.zip_with(pl.Series(index >= 0), empty).alias(column.name)
    return picked.fill_null(float("nan")) if column.dtype == pl.Float64 else picked
