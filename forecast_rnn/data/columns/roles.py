"""Which column is the time, which the target, and which tell the series apart."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import polars as pl

from forecast_rnn.data.columns.heading import TIME_NAMES, check_header, ignored_columns, known_time
from forecast_rnn.data.columns.kinds import Kinds, kinds_of
from forecast_rnn.data.columns.notation import is_plain
from forecast_rnn.data.files.table import Rows, Table
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.words import listed, shown
from forecast_rnn.errors import DataError

TARGET_NAMES = ("y", "target", "value")
ID_NAMES = ("unique_id", "item_id", "series_id", "ts_id", "series", "id")
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles of columns, judged by the first rows.

    Attributes:
        time: The time column.
        target: The target columns.
        item_id: Columns that name a series.
        settled: Whether `item_id` stands, or is to be narrowed by `settle_ids`.
        unused: Columns without a role.
        warnings: What is ignored though it may look meant, one sentence each.
    """

    time: str
    target: tuple[str, ...]
    item_id: tuple[str, ...]
    settled: bool
    unused: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def find_roles(table: Table, hints: Hints) -> Roles:
    """Give every column a role, by the user's word, by name, or by content.

    Raises:
        DataError: a column is not there, or more than one may be meant.
    """
    if hints.single and not {*hints.item_id} & {*table.sample.columns}:
        found = find_roles(table, replace(hints, item_id=()))
        return replace(found, item_id=(), settled=True)
    named = (hints.time, *hints.target, *hints.item_id, *hints.covariates)
    check_columns(table, [name for name in named if name is not None])
    _check_once(table, hints)
    kinds = kinds_of(table.sample, hints.date_format)
    check_header(table, kinds, wide=hints.wide)
    ignored, warnings = ignored_columns(table, kinds, hints)
    kinds = kinds.without({*ignored, *hints.covariates})
    time = hints.time or _find_time(table, kinds, hints)
    rest = kinds.without({time})
    number_ids = () if hints.target or hints.item_id else _number_ids(table.sample, rest, time)
    target, left_out = _find_targets(table, rest.without(number_ids), hints)
    _check_target(table, target, time, hints)
    rest = rest.without(target)
    item_id, settled = ((), True) if hints.wide else _find_ids(rest, hints)
    item_id = (*item_id, *number_ids)
    unused = tuple(column for column in rest if column not in item_id)
    return Roles(time, target, item_id, settled, unused, warnings + left_out)


def find_time(table: Table, hints: Hints) -> str:
    """Return the time column by the user's word, by name, or by content.

    Raises:
        DataError: there is none, or more than one may be meant.
    """
    check_columns(table, [*hints.covariates, *([hints.time] if hints.time else [])])
    if hints.time:
        return hints.time
    kinds = kinds_of(table.sample, hints.date_format)
    ignored, _ = ignored_columns(table, kinds, hints)
    return _find_time(table, kinds.without({*ignored, *hints.covariates}), hints)


def check_columns(table: Table, wanted: Sequence[str]) -> None:
    """Raise DataError unless all these columns are there."""
    for name in wanted:
        if name not in table.sample.columns:
            raise _no_column(table.name, name, table.sample.columns)


def settle_ids(rows: Rows, roles: Roles) -> tuple[str, ...]:
    """Keep the text columns that tell series apart, and what is fixed within a series.

    A text column whose cells vary within a series, such as a remark, names no series. Neither
    does a unit or a kind that is the same in all rows: then there is one series without a name.
    """
    keep = list(roles.item_id)
    height = rows.frame.select(roles.time, *keep).n_unique()
    for column in reversed(roles.item_id):
        fewer = [name for name in keep if name != column]
        if rows.frame.select(roles.time, *fewer).n_unique() == height:
            keep = fewer
    if not keep:
        return ()
    frame = rows.frame.select(roles.item_id)
    series = frame.select(keep).n_unique()
    return tuple(
        name
        for name in roles.item_id
        if name in keep or frame.select(*keep, name).n_unique() == series
    )


def _check_once(table: Table, hints: Hints) -> None:
    for names in (hints.target, (hints.time, *hints.item_id)):
        twice = [name for name in names if name is not None and names.count(name) > 1]
        if twice:
            raise DataError(
                f"{table.name}: column {shown(twice[0])} is named twice; give each column one role."
            )


def _find_time(table: Table, kinds: Kinds, hints: Hints) -> str:
    taken = {*hints.target, *hints.item_id}
    times = [name for name, kind in kinds.items() if kind == "time" and name not in taken]
    known = [name for name in times if known_time(name)]
    if len(times) == 1 or len(known) == 1:
        return (known or times)[0]
    if times:
        raise _choose(table.name, "times", known or times, "--time")
    named = [name for name in kinds if known_time(name) and name not in taken]
    for name in sorted(named, key=lambda name: TIME_NAMES.index(name.lower().strip())):
        return name
    numbers = [
        name
        for name, kind in kinds.items()
        if kind == "number" and name not in taken and name not in TARGET_NAMES
    ]
    steps = [name for name in numbers if _increases(table.sample, name, kinds)]
    if len(steps) == 1:
        return steps[0]
    if steps:
        raise _choose(table.name, "steps of time", steps, "--time")
    raise DataError(
        f"{table.name}: no column holds dates or increasing whole numbers "
        f"(columns: {listed(list(kinds))}). Name one with --time."
    )


def _increases(sample: pl.DataFrame, name: str, kinds: Kinds) -> bool:
    """Tell whether whole numbers increase, from row to row or over the rows of all series."""
    whole = sample[name].cast(pl.Int64, strict=False)
    if whole.null_count() or len(whole) < 2:
        return False
    texts = [column for column, kind in kinds.items() if kind == "text" or column in ID_NAMES]
    rises = whole.diff().gt(0).fill_null(True)
    begins = pl.Series([False]).new_from_index(0, len(whole))
    for column in texts:
        begins |= sample[column].ne_missing(sample[column].shift())
    by_series = (rises | begins).all() and 2 * int(rises[1:].sum()) >= len(whole) - 1
    by_time = bool(texts) and whole.is_sorted() and whole.n_unique() > 1
    return bool(by_series or by_time)


def _number_ids(sample: pl.DataFrame, kinds: Kinds, time: str) -> tuple[str, ...]:
    """Return the column of whole numbers that tells rows of the same time apart, if one does."""
    numbers = [name for name, kind in kinds.items() if kind == "number"]
    texts = [name for name, kind in kinds.items() if kind == "text"]
    known = {*ID_NAMES, *TARGET_NAMES} & {name.lower().strip() for name in kinds}
    if len(numbers) < 2 or known or sample.select(time, *texts).is_unique().all():
        return ()
    apart = [
        name
        for name in numbers
        if 2 * sample[name].n_unique() <= sample.height
        and sample[name].cast(pl.Int64, strict=False).null_count() == 0
        and sample.select(time, name, *texts).is_unique().all()
    ]
    return tuple(apart) if len(apart) == 1 else ()


def _find_targets(
    table: Table, kinds: Kinds, hints: Hints
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the target columns, and a warning of columns that are none in a wide input."""
    if hints.target or not hints.wide:
        return hints.target or _find_target(table, kinds, hints), ()
    # A column may be empty at first because its series begins later.
    target = tuple(name for name, kind in kinds.items() if kind in {"number", "empty"})
    if not target:
        raise DataError(f"{table.name}: no column besides the time holds numbers to forecast.")
    others = [shown(name) for name in kinds if name not in target]
    if not others:
        return target, ()
    noun = "column" if len(others) == 1 else "columns"
    return target, (f"{noun} {listed(others, _SHOWN)} without numbers left out.",)


def _find_target(table: Table, kinds: Kinds, hints: Hints) -> tuple[str, ...]:
    free = kinds.without(hints.item_id)
    for wanted in TARGET_NAMES:
        for name in free:
            if name.lower().strip() == wanted:
                return (name,)
    numbers = [name for name, kind in free.items() if kind == "number" and name not in ID_NAMES]
    if len(numbers) == 1:
        return (numbers[0],)
    plain = [name for name in numbers if is_plain(table.sample[name])]
    if len(plain) == 1:
        return (plain[0],)
    if numbers:
        way = "--target, or pass --wide if each is a series"
        raise _choose(table.name, "numbers to forecast", numbers, way)
    raise DataError(
        f"{table.name}: no column holds numbers to forecast (columns: {listed(list(kinds))}). "
        "Name one with --target."
    )


def _check_target(table: Table, target: Sequence[str], time: str, hints: Hints) -> None:
    for name in target:
        if name == time or name in hints.item_id:
            raise DataError(f"{table.name}: column {shown(name)} cannot be target and time or id.")
        kind = table.sample[name].dtype
        if kind.is_nested() or kind.is_temporal() or kind in (pl.Binary, pl.Boolean):
            raise DataError(
                f"{table.name}: column {shown(name)} is of type {kind}; a target holds numbers."
            )


def _find_ids(kinds: Kinds, hints: Hints) -> tuple[tuple[str, ...], bool]:
    if hints.item_id:
        return hints.item_id, True
    lowered = {name.lower().strip(): name for name in reversed(kinds.columns)}
    for known in ID_NAMES:
        if known in lowered and kinds[lowered[known]] != "nested":
            return (lowered[known],), True
    return tuple(name for name, kind in kinds.items() if kind == "text"), False


def _choose(name: str, what: str, choices: Iterable[str], option: str) -> DataError:
    names = [shown(choice) for choice in choices]
    return DataError(f"{name}: columns {listed(names)} all hold {what}; name one with {option}.")


def _no_column(name: str, wanted: str, columns: Sequence[str]) -> DataError:
    folded = {column.casefold(): column for column in columns}
    near = difflib.get_close_matches(wanted.casefold(), folded, n=1)
    hint = f"Did you mean {shown(folded[near[0]])}?" if near else "Add it, or name another."
    there = listed([shown(column) for column in columns])
    return DataError(f"{name} has no column {shown(wanted)}; there are {there}. {hint}")
