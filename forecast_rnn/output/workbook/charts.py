"""Native charts of a few series: what was, what is forecast, and how sure that is."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.config import Task
from forecast_rnn.data.columns.clock import format_times
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.output.by_item import forecasts_by_item
from forecast_rnn.output.readable import percent, plain
from forecast_rnn.output.tables import rounded
from forecast_rnn.output.xlsx import A4, add_sheet

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.chart import Chart

Whole = NDArray[np.int64]
Values = NDArray[np.float64]

LARGEST = WORST = 5  # series drawn of many
CHARTS, DATA = "charts", "chart data"
LEAST_ROWS, MOST_ROWS = 24, 500  # of history
WIDTH, HEIGHT = 640, 300  # pixels of a chart
COLUMNS = ("series", "time", "actual", "forecast", "lower", "upper", "width", "label")
SERIES, TIME, ACTUAL, FORECAST, LOWER, UPPER, RANGE, LABEL = range(8)

_ACROSS = 2  # charts side by side
_ROW, _COLUMN = 20, 64  # pixels of a cell
_LABELS = 5  # times below a chart
_INK, _ACCENT, _BAND, _GRID = "#59616B", "#0B62B0", "#BDD7F0", "#E1E4E9"


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of a series among the data of the charts, [first, end)."""

    name: str
    first: int
    end: int


def charted(panel: Panel, task: Task, error: Values) -> Whole:
    """Choose series in the order of output: the largest, and those with the largest error.

    Args:
        panel: The series.
        task: Horizon and season.
        error: By item; NaN = unknown, [N].
    """
    known = panel.order[_counts(panel)[panel.order] > 0]
    if len(known) <= LARGEST + WORST:
        return known
    size = np.array([_size(_tail(panel, item, task)) for item in known])
    largest = known[np.argsort(-size, kind="stable")[:LARGEST]]
    rest = known[~np.isin(known, largest)]
    worst = rest[np.argsort(-np.nan_to_num(error[rest], nan=-1.0), kind="stable")[:WORST]]
    return known[np.isin(known, np.concatenate([largest, worst]))]


def chart_data(
    panel: Panel, task: Task, forecast: pl.DataFrame | None, items: Whole
) -> tuple[pl.DataFrame, list[Block]]:
    """Lay the end of some series and their forecasts out as one table, a series below another.

    Times are as the input writes them, which is how the charts show them. The interval begins
    at the last known value, with no width.
    """
    forecasts = forecasts_by_item(forecast, panel, task)
    middle = task.quantile_levels.index(0.5)
    names, tables, blocks, at = panel.names(), [], [], 0
    for item in items.tolist():
        history, ahead = _tail(panel, item, task), forecasts.of(item)
        ahead = ahead[np.isfinite(ahead[:, middle])]
        begin = int(panel.lengths()[item]) - len(history)
        rows = len(history) + len(ahead)
        position = pl.Series(np.arange(begin, begin + rows))
        times = panel.timestamps(pl.Series(np.full(rows, item)), position)
        lower, upper = _interval(history, ahead)
        values = (_padded(history, rows), _padded(ahead[:, middle], -rows), lower, upper)
        written = format_times(times, panel.schema).cast(pl.String)
        apart = _apart(rows)
        label = [time if row % apart == 0 else None for row, time in enumerate(written)]
        columns = (pl.Series([names[item]] * rows), written, *values, upper - lower, label)
        tables.append(pl.DataFrame(dict(zip(COLUMNS, columns, strict=True))))
        blocks.append(Block(names[item], at, at := at + rows))
    return rounded(pl.concat(tables), "^(forecast|lower|upper|width)$"), blocks


def add_charts(
    book: "Workbook", panel: Panel, task: Task, table: pl.DataFrame, blocks: list[Block]
) -> None:
    """Draw each block of the data, which go on a sheet of their own."""
    sheet = book.add_worksheet(CHARTS)
    sheet.hide_gridlines(2)
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 1)
    few = len(blocks) < int((_counts(panel) > 0).sum())
    shown = f"The {LARGEST} largest series, and {WORST} of the others with the largest error."
    sheet.write_string(0, 0, shown if few else "All series.")
    add_sheet(book, DATA, table)
    levels = task.quantile_levels
    label = f"{percent(levels[-1] - levels[0])} interval" if len(levels) > 1 else ""
    for number, block in enumerate(blocks):
        chart = _chart(book, table, block, label)
        down, right = divmod(number, _ACROSS)
        row, column = 2 + down * (HEIGHT // _ROW + 1), right * (WIDTH // _COLUMN + 1)
        about = f"{plain(block.name)}: its last values and the forecast"
        sheet.insert_chart(row, column, chart, {"description": about})


def _counts(panel: Panel) -> Whole:
    """Return how many known values each item has, [N]."""
    known = np.concatenate([[0], np.cumsum(np.isfinite(panel.values))])
    return np.diff(known[panel.indptr]).astype(np.int64)


def _tail(panel: Panel, item: int, task: Task) -> Values:
    rows = max(LEAST_ROWS, 3 * task.horizon, task.season_length + task.horizon)
    first, end = panel.indptr[item], panel.indptr[item + 1]
    return panel.values[max(first, end - min(rows, MOST_ROWS)) : end]


def _size(values: Values) -> float:
    known = np.abs(values[np.isfinite(values)])
    return float(known.mean()) if len(known) else -1.0


def _padded(values: Values, rows: int) -> Values:
    """Fill up with NaN to so many rows, below the values, or above them where negative."""
    gap = np.full(abs(rows) - len(values), np.nan)
    return np.concatenate([values, gap] if rows > 0 else [gap, values])


def _interval(history: Values, ahead: Values) -> tuple[Values, Values]:
    """Return lower and upper end for each row; they meet in the last known value."""
    rows = len(history) + len(ahead)
    known = history[np.isfinite(history)]
    if not len(ahead) or not len(known) or ahead.shape[1] < 2:
        return np.full(rows, np.nan), np.full(rows, np.nan)
    ends = (np.append(known[-1], ahead[:, level]) for level in (0, -1))
    lower, upper = (_padded(end, -rows) for end in ends)
    return lower, upper


def _chart(book: "Workbook", table: pl.DataFrame, block: Block, interval: str) -> "Chart":
    """Draw history and median as lines over the interval, a band on an invisible ground."""
    lines = book.add_chart({"type": "line"})
    actual = {"color": _INK, "width": 1.5}
    lines.add_series(_series(block, ACTUAL, COLUMNS[ACTUAL]) | {"line": actual})
    median = {"color": _ACCENT, "width": 2.25}
    lines.add_series(_series(block, FORECAST, COLUMNS[FORECAST]) | {"line": median})
    rows = table[block.first : block.end]
    chart, hidden = lines, []
    if rows[COLUMNS[LOWER]].count():
        chart, hidden = book.add_chart({"type": "area", "subtype": "stacked"}), [0]
        clear, band = {"fill": {"none": True}}, {"fill": {"color": _BAND}}
        none = {"border": {"none": True}}
        chart.add_series(_series(block, LOWER, "") | clear | none)
        chart.add_series(_series(block, RANGE, interval) | band | none)
        chart.combine(lines)
    chart.set_title({"name": [DATA, block.first + 1, SERIES], "overlay": False} | _font(12))
    apart = _apart(len(rows))
    chart.set_x_axis(
        {"text_axis": True, "label_position": "low", "major_tick_mark": "none"}
        | {"interval_unit": apart, "interval_tick": apart, "line": {"color": _INK}}
        | {"num_font": {"size": 9, "rotation": 1, "color": _INK}}
    )
    chart.set_y_axis(_value_axis(rows))
    chart.set_legend({"position": "bottom", "delete_series": hidden})
    chart.set_size({"width": WIDTH, "height": HEIGHT})
    chart.show_hidden_data()
    return chart


def _apart(rows: int) -> int:
    """Return how many rows are from one time below a chart to the next."""
    return math.ceil(rows / _LABELS)


def _series(block: Block, column: int, name: str) -> dict[str, object]:
    first, last = block.first + 1, block.end  # below the header
    return {
        "name": name,
        "categories": [DATA, first, LABEL, last, LABEL],
        "values": [DATA, first, column, last, column],
    }


def _font(size: int) -> dict[str, object]:
    return {"name_font": {"size": size, "bold": True, "color": "#191C20"}}


def _value_axis(rows: pl.DataFrame) -> dict[str, object]:
    """Return an axis from a round number to another, as a band would begin it at 0."""
    values = rows.select(COLUMNS[ACTUAL : UPPER + 1]).to_numpy().ravel()
    known = values[np.isfinite(values)]
    low, high = float(known.min()), float(known.max())
    spread = high - low or abs(high) or 1.0
    unit = 10.0 ** math.floor(math.log10(spread))
    step = next(
        unit * part for part in (0.1, 0.2, 0.25, 0.5, 1.0, 2.0) if spread / unit / part <= 6
    )
    decimals = max(0, -math.floor(math.log10(step) + 1e-9), 0)
    if step / 10.0 ** math.floor(math.log10(step)) == 2.5:
        decimals += 1
    return {
        "min": math.floor(low / step) * step,
        "max": math.ceil(high / step) * step,
        "major_unit": step,
        "num_format": "#,##0" + ("." + "0" * decimals if decimals else ""),
        "major_gridlines": {"visible": True, "line": {"color": _GRID, "width": 0.75}},
        "line": {"none": True},
        "num_font": {"size": 9, "color": _INK},
    }
