"""What stands above the header of a CSV text: blank lines, comments, and what the user skips."""

import re

from forecast_rnn.data.words import counted
from forecast_rnn.errors import DataError

_MOST_COMMENTS = 1000
_NUMBER = re.compile(rb'^["\s]*[+-]?\d[\d.,:/ -]*["\s]*$')
_SEPARATORS = re.compile(rb"[,;\t|]")


def header_start(name: str, data: bytes, header_line: int | None) -> tuple[int, tuple[str, ...]]:
    """Return where the header begins, and a warning of comments above it.

    Without a line given it is the first line that is neither blank nor begins with `#`. The last
    line that begins so is the header all the same if what follows it is a row of numbers.

    Raises:
        DataError: there are not so many lines.
    """
    if header_line is not None:
        return _start_of(name, data, header_line), ()
    start = _after_blank(data, 0)
    comments: list[int] = []
    while data[start : start + 1] == b"#" and len(comments) < _MOST_COMMENTS:
        comments.append(start)
        start = _after_blank(data, _end(data, start))
    if not comments:
        return start, ()
    last, after = data[comments[-1] : start], data[start : _end(data, start)]
    fields = _SEPARATORS.split(after)
    if any(map(_NUMBER.match, fields)) and len(_SEPARATORS.split(last)) == len(fields):
        head = comments.pop()
        start = head + len(last) - len(last.lstrip(b"# "))
    if not comments:
        return start, ()
    lines = counted(len(comments), "line")
    return start, (f"{lines} above the header that begin with '#' are left out.",)


def _start_of(name: str, data: bytes, line: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = _end(data, start)
        if start >= len(data):
            count = data.rstrip(b"\r\n").count(b"\n") + 1
            raise DataError(
                f"{name} has {counted(count, 'line')}, so --header-line {line} is none."
            )
    return start


def _end(data: bytes, start: int) -> int:
    """Return where the next line begins."""
    end = data.find(b"\n", start)
    return len(data) if end < 0 else end + 1


def _after_blank(data: bytes, start: int) -> int:
    while start < len(data) and data[start] in b"\r\n":
        start += 1
    return start
