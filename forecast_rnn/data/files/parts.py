"""Plain CSV part by part: the quick way for files with nothing out of the ordinary."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from forecast_rnn.data.files import records
from forecast_rnn.data.files.records import Text
from forecast_rnn.data.files.table import Plain

_LEAST_BYTES, _MOST_BYTES = 2**22, 2**25
"""Of a part: smaller ones take longer, larger ones more memory."""
_PARTS = 16
_WORKERS = 4


def read_plain(
    text: Text, names: Sequence[str], columns: Sequence[int], plain: Mapping[str, Plain]
) -> pl.DataFrame | None:
    """Read and convert part after part, so that the text of all is never held at once.

    Returns:
        None if anything is out of the ordinary, which reading as a whole explains.
    """
    bounds = _part_bounds(text.data)

    def read(part: int) -> pl.DataFrame | None:
        data = text.data[bounds[part] : bounds[part + 1]]
        piece = Text(text.name, data, text.separator, quoted=False)
        return _plain_part(piece, names, columns, plain, header=part == 0)

    frames = []
    with ThreadPoolExecutor(_WORKERS) as pool:
        for frame in pool.map(read, range(len(bounds) - 1)):
            if frame is None:
                pool.shutdown(wait=False, cancel_futures=True)
                return None
            frames.append(frame)
    return pl.concat(frames, rechunk=False)


def _part_bounds(data: bytes) -> list[int]:
    """Return where parts of whole lines begin, and the end of the last."""
    bounds, size = [0], max(_LEAST_BYTES, min(_MOST_BYTES, len(data) // _PARTS))
    while len(data) - bounds[-1] > size:
        stop = data.rfind(b"\n", bounds[-1], bounds[-1] + size) + 1
        if stop <= bounds[-1]:
            break
        bounds.append(stop)
    return [*bounds, len(data)]


def _plain_part(
    part: Text,
    names: Sequence[str],
    columns: Sequence[int],
    plain: Mapping[str, Plain],
    *,
    header: bool,
) -> pl.DataFrame | None:
    text = Plain(pl.String, lambda cells: cells)
    rules = [plain.get(name, text) for name in names]
    try:
        frame = pl.read_csv(
            part.data,
            columns=list(columns),
            has_header=False,
            skip_rows=int(header),
            separator=part.separator,
            quote_char=None,
            infer_schema=False,
            empty_string_is_null=False,
            schema_overrides=[rule.dtype for rule in rules],
        )
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None
    # A line that is blank or too short has too few of them.
    if records.separators(part) != (frame.height + header) * (len(names) - 1):
        return None
    values = [rules[place].convert(cells) for place, cells in zip(columns, frame, strict=True)]
    converted = [cells for cells in values if cells is not None]
    if len(converted) < len(values):
        return None
    return pl.DataFrame(
        [cells.alias(names[place]) for place, cells in zip(columns, converted, strict=True)]
    )
