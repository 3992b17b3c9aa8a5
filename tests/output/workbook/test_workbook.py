import io
import re
import zipfile
from dataclasses import replace

import fastexcel
import polars as pl
import pytest

from forecast_rnn.errors import OutputError
from forecast_rnn.evaluation.metrics import series_scores
from forecast_rnn.evaluation.verdict import Verdict
from forecast_rnn.output import xlsx
from forecast_rnn.output.workbook import check_workbook, write_workbook
from tests.output.report.outcomes import TASK, backtest_of, outcome_of, waves, with_names
from tests.panels import NAN, panel_of

ODD = ["=1+1", "@SUM(A1)", "-2+3"]


def book_of(outcome, folder):
    path = folder / "forecast.xlsx"
    write_workbook(outcome, path)
    return path.read_bytes()


def sheet_of(book, name):
    return fastexcel.read_excel(book).load_sheet(name).to_polars()


def parts(book, pattern):
    archive = zipfile.ZipFile(io.BytesIO(book))
    return [archive.read(name).decode() for name in archive.namelist() if re.search(pattern, name)]


def test_a_workbook_has_a_sheet_for_each_part(tmp_path):
    book = book_of(outcome_of(), tmp_path)

    assert fastexcel.read_excel(book).sheet_names == [
        *("forecast", "charts", "chart data", "scores", "backtest", "settings"),
    ]


def test_the_same_outcome_gives_the_same_bytes_however_long_it_took(tmp_path):
    outcome = outcome_of()
    later = replace(outcome, settings={**outcome.settings, "seconds": 99.0})

    assert book_of(outcome, tmp_path) == book_of(later, tmp_path)


def test_no_name_becomes_a_formula_not_even_the_title_of_a_chart(tmp_path):
    outcome = outcome_of(with_names(panel_of(*waves(3)), ODD))
    outcome = replace(outcome, facts={"=x": "=1+1"}, warnings=("@SUM(A1)",), command="=2+2")

    book = book_of(outcome, tmp_path)

    assert not [text for text in parts(book, "worksheets/sheet") if "<f>" in text]
    titles = [re.search("<c:title>.*?</c:title>", text)[0] for text in parts(book, "chart[0-9]")]
    assert [re.findall("<c:(?:f|v)>(.*?)<", title) for title in titles] == [
        ["'chart data'!$A$2", ODD[0]],
        ["'chart data'!$A$30", ODD[1]],
        ["'chart data'!$A$58", ODD[2]],
    ]
    values = sheet_of(book, "settings")["value"].to_list()
    assert {"=1+1", "@SUM(A1)", "=2+2"} <= set(values)


def test_the_forecast_has_the_numbers_of_the_csv(tmp_path):
    outcome = outcome_of()

    sheet = sheet_of(book_of(outcome, tmp_path), "forecast")

    expected = outcome.forecast.with_columns(pl.col(pl.Float64).round_sig_figs(7))
    assert sheet.drop("name", "time").equals(expected.drop("name", "time"))
    assert sheet["time"].to_list() == expected["time"].to_list()


def test_scores_are_a_row_a_model_and_a_column_a_metric(tmp_path):
    outcome = outcome_of()

    sheet = sheet_of(book_of(outcome, tmp_path), "scores")

    assert sheet["model"].to_list() == ["network", "naive", "seasonal_naive"]
    long = sheet.unpivot(index="model", variable_name="metric").drop_nulls()
    expected = {row[:2]: row[2] for row in outcome.scores.drop_nulls().rows()}
    assert {row[:2]: row[2] for row in long.rows()} == pytest.approx(expected, rel=1e-6)
    assert 'formatCode="0.0%"' in parts(book_of(outcome, tmp_path), "styles.xml")[0]


def test_the_backtest_is_summed_up_by_series_and_model_in_the_order_of_output(tmp_path):
    panel = replace(panel_of(*waves(3)), order=pl.Series([2, 0, 1]).to_numpy())
    outcome = outcome_of(panel)

    sheet = sheet_of(book_of(outcome, tmp_path), "backtest")

    assert sheet["name"].to_list() == ["c"] * 3 + ["a"] * 3 + ["b"] * 3
    assert sheet["model"].to_list() == ["network", "naive", "seasonal_naive"] * 3
    assert set(sheet["windows"]) == {2.0}
    each = series_scores(backtest_of(panel), TASK).filter(item=2, model="naive")
    assert sheet["mae"][1] == pytest.approx(each["mae"][0], rel=1e-14)
    assert sheet["coverage_80"].null_count() == 6  # of the models without an interval


def test_a_column_of_the_user_keeps_its_name(tmp_path):
    panel = panel_of(*waves(2))
    panel = replace(
        panel,
        items=pl.DataFrame({"model": ["x", "y"]}),
        schema=replace(panel.schema, item_id=("model",)),
    )

    sheet = sheet_of(book_of(outcome_of(panel), tmp_path), "backtest")

    assert sheet.columns[:3] == ["model", "model_", "windows"]
    assert sheet["model"].to_list() == ["x"] * 3 + ["y"] * 3


def test_settings_tell_what_was_found_and_how_to_do_it_again(tmp_path):
    outcome = replace(outcome_of(), verdict=Verdict(sentences=("Good.", "Very good.")))

    told = sheet_of(book_of(outcome, tmp_path), "settings").rows()

    assert told[:3] == [
        ("verdict", "1", "Good."),
        ("verdict", "2", "Very good."),
        ("again", "command", "forecast-rnn train waves.csv --seed 0"),
    ]
    assert ("found", "target", "y") in told
    assert ("settings", "hidden size", "64") in told
    assert ("settings", "calendar", "no") in told
    assert ("warnings", "1", "2 rows are missing.") in told
    assert not [row for row in told if row[1] == "seconds"]
    assert next(row[1] for row in told if row[0] == "versions") == "forecast-rnn"


def test_parts_that_are_not_there_have_no_sheet(tmp_path):
    outcome = replace(outcome_of(windows=0), forecast=None)

    book = book_of(outcome, tmp_path)

    assert fastexcel.read_excel(book).sheet_names == ["charts", "chart data", "settings"]


def test_series_without_any_value_still_make_a_workbook(tmp_path):
    outcome = replace(outcome_of(panel_of([NAN] * 9), windows=0), forecast=None)

    assert fastexcel.read_excel(book_of(outcome, tmp_path)).sheet_names == ["settings"]


def test_more_rows_than_a_sheet_holds_are_refused_before_the_work(monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_ROWS", 11)
    panel = panel_of(*waves(3))

    check_workbook(panel, 3)
    with pytest.raises(OutputError, match="12 rows and a sheet holds 11"):
        check_workbook(panel, 4)
