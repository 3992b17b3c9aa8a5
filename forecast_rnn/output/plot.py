"""Forecasts as pictures of characters: history, median and interval of a series.

A character is a grid of dots, 2 by 4 in braille and one in ASCII. Lines are dots; where none
is, the interval is shaded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.config import Task
from forecast_rnn.data.columns.clock import format_times
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.errors import ConfigError
from forecast_rnn.output.by_item import forecasts_by_item
from forecast_rnn.output.readable import numbers, percent, plain

Values = NDArray[np.float64]
Whole = NDArray[np.int64]

HEIGHT = 11  # characters; odd, so that one is in the middle
LEAST_ROWS = 24  # of history
LEAST_COLUMNS = 16  # beside which numbers have room
SHOWN = 3  # series, unless they are named
LISTED = 20  # names in an error

AXIS, HISTORY, MEDIAN, INTERVAL = " hmi"
"""What a character is of: a mark for each in `Line.marks`."""

_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # dots of braille, by row
_GAP = 2  # characters between two times


@dataclass(frozen=True, slots=True)
class Signs:
    """What a picture is made of.

    Attributes:
        across: Dots of a character from left to right.
        down: Dots from top to bottom.
        shade: The interval.
        axis: Left edge, left edge at a number, corner, bottom, and where the forecast begins.
        samples: History and median in the legend.
    """

    across: int
    down: int
    shade: str
    axis: str
    samples: str


BRAILLE = Signs(across=2, down=4, shade="░", axis="│┤└─┴", samples="⠒⠒")
ASCII = Signs(across=1, down=1, shade=":", axis="|++-+", samples="*o")


class Line(NamedTuple):
    """A line of text, and a mark that says what each of its characters is of."""

    text: str
    marks: str


@dataclass(frozen=True, slots=True)
class Curve:
    """The end of a series and its forecast.

    Attributes:
        name: Of the series.
        history: Missing as NaN, [L].
        ahead: Lower end, median and upper end, [S, 3].
        times: First time of the history and of the forecast, and the last time.
    """

    name: str
    history: Values
    ahead: Values
    times: tuple[str, str, str]


def curves(table: pl.DataFrame, panel: Panel, task: Task, names: Sequence[str] = ()) -> list[Curve]:
    """Return the series to draw: those named, or the first few that have a forecast.

    Args:
        table: A published forecast.
        panel: The series.
        task: Horizon, season and quantile levels.
        names: As `panel.names` has them.

    Raises:
        ConfigError: there is no such series, or no forecast of it.
    """
    forecasts, known = forecasts_by_item(table, panel, task), panel.names()
    levels = [0, task.quantile_levels.index(0.5), -1]
    drawn = [item for item in panel.order.tolist() if forecasts.count[item]]
    if names:
        by_name = {known[item]: item for item in drawn}
        drawn = [_item_of(name, by_name) for name in names]
    else:
        drawn = drawn[:SHOWN]
    return [_curve(panel, task, item, forecasts.of(item)[:, levels]) for item in drawn]


def draw(curve: Curve, *, width: int, signs: Signs = BRAILLE) -> list[Line]:
    """Draw a series under its name, with numbers at the left and times below.

    No line has more than `width` characters.
    """
    low, high = _range(curve)
    labels = numbers([high, (high + low) / 2, low])
    gutter = max(map(len, labels)) + 2
    if width - gutter < LEAST_COLUMNS:
        labels, gutter = ["", "", ""], 1
    columns = max(width - gutter, 1)
    canvas = _canvas(curve, columns, (low, high), signs)
    at = {0: labels[0], HEIGHT // 2: labels[1], HEIGHT - 1: labels[2]}
    lines = [_plain_line(_cut(plain(curve.name), width))]
    for row, line in enumerate(canvas):
        edge = signs.axis[1] if at.get(row) else signs.axis[0]
        label = f"{at.get(row, ''):>{gutter - 2}} {edge}" if gutter > 1 else edge
        lines.append(Line(label + line.text, AXIS * len(label) + line.marks))
    begin = _places(curve, columns * signs.across)[len(curve.history)] // signs.across
    bottom = signs.axis[3] * begin + signs.axis[4] + signs.axis[3] * (columns - begin - 1)
    lines.append(_plain_line(" " * (gutter - 1) + signs.axis[2] + bottom))
    lines.append(_plain_line(" " * gutter + _times(curve.times, int(begin), columns)))
    return [Line(text[:width], marks[:width]) for text, marks in lines]


def legend(task: Task, signs: Signs = BRAILLE) -> Line:
    """Return a line that tells what is what."""
    parts = [(signs.samples[0], HISTORY, "history"), (signs.samples[1], MEDIAN, "median")]
    if len(task.quantile_levels) > 1:
        share = percent(task.quantile_levels[-1] - task.quantile_levels[0])
        parts.append((signs.shade, INTERVAL, f"{share} interval"))
    text = "   ".join(f"{sign} {words}" for sign, _, words in parts)
    marks = "   ".join(mark + AXIS * (1 + len(words)) for _, mark, words in parts)
    return Line(text, marks)


def signs_for(encoding: str | None) -> Signs:
    """Return braille, or ASCII if a stream of this encoding cannot show it."""
    try:
        ("⣿" + BRAILLE.shade + BRAILLE.axis).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return BRAILLE


def _item_of(name: str, by_name: dict[str, int]) -> int:
    if name in by_name:
        return by_name[name]
    choices = ", ".join(list(by_name)[:LISTED]) + (", …" if len(by_name) > LISTED else "")
    raise ConfigError(f"no series '{name}' is forecast; choose from {choices}.")


def _curve(panel: Panel, task: Task, item: int, ahead: Values) -> Curve:
    ahead = ahead[np.isfinite(ahead[:, 1])]
    first, end = int(panel.indptr[item]), int(panel.indptr[item + 1])
    rows = min(end - first, max(LEAST_ROWS, 3 * len(ahead), task.season_length + len(ahead)))
    length = end - first
    position = pl.Series([length - rows, length, length + len(ahead) - 1])
    times = format_times(panel.timestamps(pl.Series([item] * 3), position), panel.schema)
    begin, middle, last = times.cast(pl.String)
    name = panel.names()[item]
    return Curve(name, panel.values[end - rows : end], ahead, (begin, middle, last))


def _range(curve: Curve) -> tuple[float, float]:
    """Return the ends of the value axis; a constant gets room on both sides."""
    values = np.concatenate([curve.history, curve.ahead.ravel()])
    known = values[np.isfinite(values)]
    low, high = float(known.min()), float(known.max())
    room = 0.0 if high > low else abs(high) / 10 or 1.0
    return low - room, high + room


def _places(curve: Curve, dots: int) -> Whole:
    """Return the dots from the left of all rows, [L + S]."""
    rows = len(curve.history) + len(curve.ahead)
    return _nearest(np.linspace(0, dots - 1, rows) if rows > 1 else np.zeros(rows))


def _canvas(curve: Curve, columns: int, ends: tuple[float, float], signs: Signs) -> list[Line]:
    """Draw interval, history and median: as many lines as are high, of as many characters."""
    shape = (HEIGHT * signs.down, columns * signs.across)
    place, known = _places(curve, shape[1]), len(curve.history)
    begin, ahead = _joined(curve)
    low, high = ends
    unit = (shape[0] - 1) / (high - low)
    past, lower, middle, upper = ((high - values) * unit for values in (curve.history, *ahead.T))
    layers = (
        _dots(place[:known], past, shape),
        _dots(place[begin:], middle, shape),
        _band(place[begin:], upper, lower, shape),
    )
    return [
        _line([layer[at : at + signs.down] for layer in layers], signs)
        for at in range(0, shape[0], signs.down)
    ]


def _joined(curve: Curve) -> tuple[int, Values]:
    """Let the forecast begin at the last value, if it is known: even one step is a line then.

    Returns:
        The row where it begins, and lower end, median and upper end from there.
    """
    known = len(curve.history)
    if not known or not np.isfinite(curve.history[-1]):
        return known, curve.ahead
    return known - 1, np.concatenate([np.full((1, 3), curve.history[-1]), curve.ahead])


def _dots(place: Whole, down: Values, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Draw lines between neighbours that are both known, and a dot for one that stands alone."""
    dots = np.zeros(shape, dtype=bool)
    for row in np.flatnonzero(np.isfinite(down)).tolist():
        to = min(row + 1, len(down) - 1)
        to = to if np.isfinite(down[to]) else row
        count = int(max(abs(down[to] - down[row]), place[to] - place[row])) + 2
        x, y = np.linspace(place[row], place[to], count), np.linspace(down[row], down[to], count)
        dots[_nearest(y), _nearest(x)] = True
    return dots


def _band(place: Whole, top: Values, bottom: Values, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Fill what lies between two lines."""
    band = np.zeros(shape, dtype=bool)
    if not len(place):
        return band
    x, rows = np.arange(place[0], place[-1] + 1), np.arange(shape[0])[:, None]
    # Where rows share a dot, the last of them counts.
    upper, lower = (np.interp(x, place, line) for line in (top, bottom))
    band[:, x] = (_nearest(upper) <= rows) & (rows <= _nearest(lower)) & (lower > upper)
    return band


def _nearest(values: Values) -> Whole:
    whole: Whole = np.floor(values + 0.5).astype(np.int64)
    return whole


def _line(layers: Sequence[NDArray[np.bool_]], signs: Signs) -> Line:
    """Turn dots of history, median and interval into characters."""
    text, marks = "", ""
    for at in range(0, layers[0].shape[1], signs.across):
        history, median, interval = (layer[:, at : at + signs.across] for layer in layers)
        if history.any() or median.any():
            mark = MEDIAN if median.any() else HISTORY
            sign = (
                _braille(history | median) if signs is BRAILLE else signs.samples["hm".index(mark)]
            )
        else:
            is_shaded = 2 * int(interval.sum()) >= interval.size
            sign, mark = (signs.shade, INTERVAL) if is_shaded else (" ", AXIS)
        text, marks = text + sign, marks + mark
    return Line(text, marks)


def _braille(dots: NDArray[np.bool_]) -> str:
    bits = (_BITS[row][column] for row, column in np.argwhere(dots).tolist())
    return chr(0x2800 + sum(bits))


def _plain_line(text: str) -> Line:
    return Line(text, AXIS * len(text))


def _cut(name: str, width: int) -> str:
    """Cut a name to so many columns, of which some characters take two."""
    from rich.cells import cell_len, set_cell_size

    if cell_len(name) <= width:
        return name
    return (
        set_cell_size(name, width) if width < 2 else set_cell_size(name, width - 1).rstrip() + "~"
    )


def _times(times: tuple[str, str, str], begin: int, columns: int) -> str:
    """Write the first and the last time, and where the forecast begins if there is room."""
    first, middle, last = times
    if len(first) + _GAP + len(last) > columns:
        return last.rjust(columns) if len(last) <= columns else ""
    text = first + last.rjust(columns - len(first))
    at = min(begin, columns - len(last) - _GAP - len(middle))
    if at < len(first) + _GAP or begin > at + len(middle):
        return text
    return text[:at] + middle + text[at + len(middle) :]
