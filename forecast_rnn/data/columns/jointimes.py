"""Tables whose times stand in several cells, as tables with one time column."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from forecast_rnn.data.columns.timeparts import (
    TimeParts,
    found_parts,
    joined,
    named_parts,
    other_clocks,
)
from forecast_rnn.data.files.table import Plain, Rows, Table
from forecast_rnn.data.hints import Hints


def join_times(table: Table, hints: Hints) -> tuple[Table, Hints, tuple[str, ...]]:
    """Make one column of the cells that hold a time together, and name it in the hints.

    Without such cells all stays as it is.

    Returns:
        The table, the hints, and a warning where hours count by their end.
    """
    taken = (*hints.target, *hints.item_id, *hints.covariates)
    if hints.time is None:
        parts = found_parts(table.sample, taken, hints.hour_ending)
    elif hints.time in table.sample.columns:
        parts = None
    else:
        parts = named_parts(hints.time, table.sample, hints.hour_ending)
    if parts is None:
        return table, hints, ()
    warnings: tuple[str, ...] = ()
    if parts.ending:
        hour = next(name for name, part in parts.columns.items() if part == "hour")
        warnings = (f"column {hour} counts hours from 1 to 24 by their end: hour 1 is 00:00.",)
    hints = replace(hints, time=parts.name, hour_ending=parts.ending)
    return _with_column(table, parts, taken), hints, warnings


def _with_column(table: Table, parts: TimeParts, taken: Sequence[str]) -> Table:
    clocks = other_clocks(table.sample, parts)
    used = [name for name in (*parts.columns, *clocks) if name not in taken]
    sample = table.sample.with_columns(joined(table.sample, parts)).drop(used)

    def load(columns: Sequence[str], plain: Mapping[str, Plain]) -> Rows:
        own = [name for name in columns if name != parts.name]
        # Parts are read as text, also one that is a covariate as well.
        rules = {name: rule for name, rule in plain.items() if name not in parts.columns}
        rules.pop(parts.name, None)
        rows = table.load(list(dict.fromkeys([*own, *parts.columns])), rules)
        frame = rows.frame.with_columns(joined(rows.frame, parts)).select(columns)
        return replace(rows, frame=frame)

    return Table(table.name, sample, load)
