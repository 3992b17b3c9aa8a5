"""One error for all faults of the data: the first of them by place, and how many there are."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from forecast_rnn.data.words import counted, shown
from forecast_rnn.errors import DataError, Fault

LISTED = 10
"""How many faults an error lists; whoever finds more need not describe them."""

_COLUMNS_COUNTED = 5


def faults_error(
    name: str, faults: Sequence[Fault], counts: Mapping[str | None, int] | None = None
) -> DataError:
    """Return the error of an input with faults.

    Args:
        name: What messages call the input.
        faults: At least the first `LISTED` of each column.
        counts: How many there are by column, None if `faults` are all.
    """
    counts = Counter(fault.column for fault in faults) if counts is None else counts
    total = sum(counts.values())
    if total == 1:
        fault = faults[0]
        return DataError(f"{name} {fault.sentence}; {fault.remedy}.", faults, counts)
    listed = _first(faults)
    lines = [f"{name} has {counted(total, 'fault')}{_by_column(counts)}:"]
    known: set[str] = set()
    for fault in listed:
        remedy = "" if fault.remedy in known else f"; {fault.remedy}"
        known.add(fault.remedy)
        lines.append(f"  {fault.sentence}{remedy}")
    if total > len(listed):
        lines.append(f"  and {total - len(listed):,} more")
    return DataError("\n".join(lines), listed, counts)


class Faults:
    """Gathers the faults of several columns, so that one error lists them all."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._faults: list[Fault] = []
        self._counts: Counter[str | None] = Counter()

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Keep the faults of an error that lists some, and go on."""
        try:
            yield
        except DataError as error:
            if not error.faults:
                raise
            self.add(error)

    def add(self, error: DataError) -> None:
        """Keep the faults of an error."""
        self._faults += error.faults
        self._counts.update(error.counts)

    def refuse(self) -> None:
        """Raise DataError if there are faults."""
        if self._faults:
            raise self.error()

    def error(self) -> DataError:
        """Return the error of all faults."""
        return faults_error(self._name, self._faults, self._counts)


def _first(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """Choose the first faults of each column in turn, and return them by place."""
    seen: Counter[str | None] = Counter()
    turns = []
    for fault in sorted(faults, key=_number):
        seen[fault.column] += 1
        turns.append((seen[fault.column], fault))
    chosen = sorted(turns, key=lambda turn: turn[0])[:LISTED]
    return tuple(sorted((fault for _, fault in chosen), key=_number))


def _number(fault: Fault) -> int:
    return int(fault.place.rpartition(" ")[2])


def _by_column(counts: Mapping[str | None, int]) -> str:
    columns = [(column, count) for column, count in counts.items() if column is not None]
    if len(columns) < 2 or len(columns) < len(counts):
        return ""
    parts = [f"{count:,} in column {shown(column)}" for column, count in columns[:_COLUMNS_COUNTED]]
    more = f", … of {len(columns)} columns" if len(columns) > _COLUMNS_COUNTED else ""
    return f" ({', '.join(parts)}{more})"
