"""`forecast.xlsx`: what a training brought, as a workbook with native charts."""

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.evaluation.verdict import NETWORK
from forecast_rnn.output.publish import time_patterns
from forecast_rnn.output.report.outcome import Outcome
from forecast_rnn.output.tables import rounded
from forecast_rnn.output.workbook.charts import add_charts, chart_data, charted
from forecast_rnn.output.workbook.sheets import (
    SHARE,
    backtest_table,
    scores_table,
    settings_rows,
)
from forecast_rnn.output.xlsx import LONGEST_TEXT, add_sheet, check_size, fit_to_paper, new_book
from forecast_rnn.system.atomic import new_file
from forecast_rnn.tables import ITEM, MODEL

if TYPE_CHECKING:
    from xlsxwriter import Workbook

DIGITS = 4  # of scores
_WIDTHS = (12, 20, 100)  # characters of section, name and value
_LINE, _MOST_LINES = 15, 25  # points of a line; a row can be no higher than 409


def write_workbook(outcome: Outcome, path: Path) -> None:
    """Write a training up as a workbook, whole or not at all.

    Sheets: `forecast` with the numbers of forecast.csv, `charts` of a few series, `scores`,
    `backtest` by series and model, `settings`, and `chart data`. A sheet that would be empty
    is left out. The same outcome gives the same bytes.

    Raises:
        OutputError: there are more rows than a sheet can hold.
        OSError: the system refuses, as it says.
    """
    with new_file(path) as stream, new_book(stream) as book:
        _add_sheets(book, outcome)


def check_workbook(panel: Panel, rows: int) -> None:
    """Raise OutputError if so many rows for each series are more than a sheet can hold."""
    check_size(panel.items, len(panel.order) * rows)


def _add_sheets(book: "Workbook", outcome: Outcome) -> None:
    panel, task, forecast = outcome.panel, outcome.task, outcome.forecast
    scored = outcome.scored
    assert scored is not None, "it was scored for the workbook"
    if forecast is not None and forecast.height:
        add_sheet(book, "forecast", rounded(forecast), patterns=time_patterns(panel))
    items = charted(panel, task, _errors(scored, panel, outcome.verdict.metric))
    if len(items):
        add_charts(book, panel, task, *chart_data(panel, task, forecast, items))
    for name, table in (
        ("scores", scores_table(outcome)),
        ("backtest", backtest_table(scored, panel)),
    ):
        if table.height:
            shares = {column: SHARE for column in table.columns if column.startswith("coverage")}
            add_sheet(book, name, table, formats=shares, digits=DIGITS)
    _add_settings(book, outcome)


def _errors(
    scored: pl.DataFrame, panel: Panel, metric: str
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Return the error of the network by item, [N]; NaN = unknown."""
    error = np.full(len(panel.order), np.nan)
    scores = scored.filter(pl.col(MODEL) == NETWORK).drop_nulls(metric)
    error[scores[ITEM].to_numpy()] = scores[metric].to_numpy()
    return error


def _add_settings(book: "Workbook", outcome: Outcome) -> None:
    sheet = book.add_worksheet("settings")
    bold, wrapped = (
        book.add_format({"bold": True}),
        book.add_format({"text_wrap": True, "align": "left", "valign": "top"}),
    )
    for column, (name, width) in enumerate(zip(("section", "name", "value"), _WIDTHS, strict=True)):
        sheet.write_string(0, column, name, bold)
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    fit_to_paper(sheet)
    row = 0
    for row, (section, name, value) in enumerate(settings_rows(outcome), 1):
        sheet.write_string(row, 0, section, wrapped)
        sheet.write_string(row, 1, name, wrapped)
        if isinstance(value, str):
            sheet.write_string(row, 2, value[:LONGEST_TEXT], wrapped)
            sheet.set_row(
                row, _LINE * min(math.ceil(len(value) / _WIDTHS[-1]), _MOST_LINES) or _LINE
            )
        else:
            sheet.write_number(row, 2, value, wrapped)
    sheet.autofilter(0, 0, row, 2)
