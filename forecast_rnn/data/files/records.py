"""Where the records of a CSV text begin and end, and what is wrong with its shape.

Counting is done over bytes in blocks, so that a sound file costs two passes and
no memory; positions are listed only when something is wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.errors import DataError

_BLOCK = 2**24
_NEWLINE, _RETURN, _QUOTE = 10, 13, 34

Bytes = NDArray[np.uint8]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Text:
    """A CSV text and how it is written.

    Attributes:
        name: What messages call the input.
        data: The text, UTF-8 without byte order mark.
        separator: What stands between fields.
        quoted: Whether there is any quote in it.
        first_line: The line number of the header.
    """

    name: str
    data: bytes
    separator: str
    quoted: bool
    first_line: int = 1


def count(text: Text) -> tuple[int, int]:
    """Return how many records and how many separators there are, the header included."""
    records = separators = 0
    for block, inside, _ in _blocks(text):
        newlines, fields = block == _NEWLINE, block == ord(text.separator)
        if inside is not None:
            newlines &= ~inside
            fields &= ~inside
        records += int(np.count_nonzero(newlines))
        separators += int(np.count_nonzero(fields))
    return records + (text.data[-1] != _NEWLINE), separators


def separators(text: Text) -> int:
    """Return how many separators there are in a text without quotes."""
    data = np.frombuffer(text.data, np.uint8)
    return int(np.count_nonzero(data == ord(text.separator)))


def check_quotes(text: Text) -> None:
    """Raise DataError for a quote that is opened and never closed, or in the midst of a field."""
    data = np.frombuffer(text.data, np.uint8)
    outside = (ord(text.separator), _NEWLINE, _RETURN, _QUOTE)
    seen, last = 0, 0
    for start in range(0, len(data), _BLOCK):
        at = start + np.flatnonzero(data[start : start + _BLOCK] == _QUOTE)
        opens = (seen + np.arange(len(at))) % 2 == 0
        neighbour = np.where(opens, at - 1, at + 1)
        edge = (neighbour < 0) | (neighbour >= len(data))
        fine = edge | np.isin(data[np.clip(neighbour, 0, len(data) - 1)], outside)
        if not fine.all():
            first = int(np.flatnonzero(~fine)[0])
            if opens[first]:
                line = _line_of(text, int(at[first]))
                raise DataError(f"{text.name} line {line}: a quote stands in the midst of a field.")
            raise _unclosed(text, int(at[first - 1]) if first else last)
        seen, last = seen + len(at), int(at[-1]) if len(at) else last
    if seen % 2:
        raise _unclosed(text, last)


def _unclosed(text: Text, position: int) -> DataError:
    line = _line_of(text, position)
    return DataError(f"{text.name} line {line}: a quote is opened here and not closed rightly.")


def _line_of(text: Text, position: int) -> int:
    return text.first_line + text.data.count(b"\n", 0, position)


def _blocks(text: Text) -> Iterator[tuple[Bytes, NDArray[np.bool_] | None, int]]:
    """Yield blocks with a mask of the bytes inside quotes, and where they begin."""
    data = np.frombuffer(text.data, np.uint8)
    carry = 0
    for start in range(0, len(data), _BLOCK):
        block = data[start : start + _BLOCK]
        if not text.quoted:
            yield block, None, start
            continue
        # Sums wrap at 256, which leaves odd and even as they are.
        quotes = np.cumsum(block == _QUOTE, dtype=np.uint8) + np.uint8(carry)
        carry = int(quotes[-1]) & 1
        yield block, (quotes & 1).astype(bool), start


@dataclass(frozen=True, slots=True)
class Shape:
    """The records of a text one by one, the header included.

    Attributes:
        line: Line on which each record begins.
        fields: How many fields each has.
        blank: Which have nothing in them but separators.
        trailing: Which end in a separator.
    """

    line: Rows
    fields: Rows
    blank: NDArray[np.bool_]
    trailing: NDArray[np.bool_]


def measure(text: Text) -> Shape:
    """Return the shape of each record."""
    ends, separators, lines = [], [], []
    for block, inside, start in _blocks(text):
        newlines, fields = block == _NEWLINE, block == ord(text.separator)
        lines.append(start + np.flatnonzero(newlines))
        if inside is not None:
            newlines &= ~inside
            fields &= ~inside
        ends.append(start + np.flatnonzero(newlines))
        separators.append(start + np.flatnonzero(fields))
    end = np.concatenate(ends)
    if text.data[-1] != _NEWLINE:
        end = np.append(end, len(text.data))
    begin = np.append(0, end[:-1] + 1)
    before = np.searchsorted(np.concatenate(separators), np.append(begin, end[-1]))
    fields = np.diff(before) + 1
    data = np.frombuffer(text.data, np.uint8)
    stop = end - (data[np.maximum(end - 1, 0)] == _RETURN)
    return Shape(
        line=text.first_line + np.searchsorted(np.concatenate(lines), begin),
        fields=fields,
        blank=stop - begin < fields,
        trailing=data[np.maximum(stop - 1, 0)] == ord(text.separator),
    )
