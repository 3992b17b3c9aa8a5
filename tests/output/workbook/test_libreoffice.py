"""The workbook as LibreOffice opens it: the numbers of the CSV, and no formula that ran."""

import os
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from forecast_rnn.data.hints import Hints
from forecast_rnn.data.read import read_panel
from forecast_rnn.output import write
from forecast_rnn.output.workbook import write_workbook
from tests.output.report.outcomes import outcome_of, waves

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
ODD = [
    "=1+1",
    "@SUM(A1)",
    "-2+3",
    "+4-1",
    "{=1}",
    "007",
    '=HYPERLINK("http://example.org")',
    "ü\té",
]
ALL_SHEETS = "-1"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A workbook and the CSV of the same forecast, of series with odd names and German dates."""
    folder = tmp_path_factory.mktemp("book")
    rows = [
        {"name": name, "day": f"{date(2024, 1, 25) + timedelta(day):%d.%m.%Y}", "y": value}
        for name, values in zip(ODD, waves(len(ODD)), strict=True)
        for day, value in enumerate(values)
    ]
    pl.DataFrame(rows).write_csv(folder / "data.csv")
    panel, _ = read_panel(folder / "data.csv", Hints(item_id=("name",)))
    outcome = outcome_of(panel)
    write_workbook(outcome, folder / "forecast.xlsx")
    assert outcome.forecast is not None
    write(outcome.forecast, folder / "forecast.csv")
    write(outcome.scores, folder / "scores.csv")
    return folder


def opened(folder: Path, *, as_shown: bool) -> dict[str, pl.DataFrame]:
    """Open the workbook in LibreOffice and return the cells of each sheet as text."""
    out = folder / f"shown_{as_shown}"
    shown = str(as_shown).lower()
    choice = f"csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,true,{shown},false,false"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    arguments = ["--headless", "--convert-to", f"{choice},{ALL_SHEETS}", "--outdir", str(out)]
    subprocess.run(
        [str(SOFFICE), profile, *arguments, str(folder / "forecast.xlsx")],
        check=True,
        capture_output=True,
        timeout=120,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    )
    return {
        path.stem.removeprefix("forecast-"): pl.read_csv(path, infer_schema=False)
        for path in out.iterdir()
    }


@pytest.fixture(scope="module")
def sheets(folder):
    return opened(folder, as_shown=False)


def test_there_is_a_sheet_for_each_part(sheets):
    assert set(sheets) == {"forecast", "charts", "scores", "backtest", "settings", "chart data"}


def test_the_numbers_are_those_of_the_csv(folder, sheets):
    written = pl.read_csv(folder / "forecast.csv")
    numbers = [name for name in written.columns if name not in ("name", "day")]

    assert sheets["forecast"].columns == written.columns
    assert (
        sheets["forecast"].select(pl.col(numbers).cast(pl.Float64)).equals(written.select(numbers))
    )


def test_the_scores_are_those_of_the_csv(folder, sheets):
    share = pl.col("coverage_80").str.strip_suffix("%").cast(pl.Float64) / 100
    wide = sheets["scores"].with_columns(share).with_columns(pl.exclude("model").cast(pl.Float64))
    written = pl.read_csv(folder / "scores.csv").drop_nulls()

    shown = wide.unpivot(index="model", variable_name="metric").drop_nulls()
    assert {row[:2]: row[2] for row in shown.rows()} == {row[:2]: row[2] for row in written.rows()}


def test_text_comes_back_as_it_was_and_nothing_ran(folder, sheets):
    names = sheets["forecast"]["name"].unique(maintain_order=True).to_list()
    escaped = pl.read_csv(folder / "forecast.csv")["name"].unique(maintain_order=True).to_list()

    assert names == ODD
    assert [name.removeprefix("'") for name in escaped] == ODD
    assert sheets["chart data"]["series"].unique(maintain_order=True).to_list() == ODD
    assert sheets["backtest"]["name"].unique(maintain_order=True).to_list() == ODD


def test_times_are_real_times_that_look_as_the_input_writes_them(folder, sheets):
    written = pl.read_csv(folder / "forecast.csv")["day"]

    # As the locale writes dates, not as the cells show them: so they are dates.
    own = sheets["forecast"]["day"].str.to_date("%m/%d/%Y")
    assert own.to_list() == written.str.to_date("%d.%m.%Y").to_list()
    assert opened(folder, as_shown=True)["forecast"]["day"].to_list() == written.to_list()
