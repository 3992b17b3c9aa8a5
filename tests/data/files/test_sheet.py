"""Excel workbooks."""

import gzip
import io
import sys
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import xlsxwriter

from forecast_rnn.data.hints import Hints
from forecast_rnn.data.read import read_panel
from forecast_rnn.errors import ConfigError, DataError
from tests.data.conftest import Read, lines

START = datetime(2024, 1, 1)


def workbook(rows: list[list[object]], *, top: int = 0, style: str = "yyyy-mm-dd") -> bytes:
    """Return a workbook with two sheets, of which the second is another table."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet, dates = book.add_worksheet(), book.add_format({"num_format": style})
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(top + number, place, cell, dates)
                elif cell is not None:
                    sheet.write(top + number, place, cell)
        book.add_worksheet().write_row(0, 0, ["other"])
    return stream.getvalue()


def daily(rows: int, step: timedelta = timedelta(days=1)) -> list[list[object]]:
    return [["shop", "ds", "y"], *(["a", START + step * row, row + 0.5] for row in range(rows))]


def test_a_workbook_gives_the_panel_of_the_same_csv(read: Read) -> None:
    panel, findings = read(workbook(daily(9)), name="data.xlsx")
    same, _ = read("\n".join(["shop,ds,y", *lines(9)]))

    assert panel.values.tolist() == same.values.tolist()
    assert panel.starts.equals(same.starts)
    assert panel.items.equals(same.items)
    assert panel.schema == same.schema
    assert findings.warnings == ()


def test_hours_stay_on_their_grid(read: Read) -> None:
    rows = daily(100, timedelta(hours=1))

    panel, _ = read(workbook(rows, style="yyyy-mm-dd hh:mm"), name="data.xlsx")

    assert panel.frequency.every == "1h"
    assert panel.lengths().tolist() == [100]


def test_numbers_keep_all_their_digits_and_ids_their_look(read: Read) -> None:
    rows: list[list[object]] = [["unique_id", "ds", "y"]]
    rows += [[7, START + timedelta(day), 0.1 + day * 1e9] for day in range(5)]

    panel, _ = read(workbook(rows), name="data.xlsx")

    assert panel.names() == ["7"]
    assert panel.values.tolist() == [0.1 + day * 1e9 for day in range(5)]


def test_an_error_names_the_row_of_the_sheet(read: Read) -> None:
    rows = daily(9)
    rows[4][2] = "12 pieces"
    rows.insert(3, [None])

    with pytest.raises(DataError, match=r"data\.xlsx row 8, column y: '12 pieces' is not a number"):
        read(workbook(rows, top=2), name="data.xlsx")


def test_blank_rows_inside_are_left_out_and_said(read: Read) -> None:
    rows = daily(9)
    rows.insert(3, [" "])
    rows.append([None, "  "])

    panel, findings = read(workbook(rows, top=1), name="data.xlsx")

    assert panel.lengths().tolist() == [9]
    assert findings.warnings == ("1 blank row left out (first: row 5).",)


def test_a_name_that_is_there_twice_is_refused_with_its_row(read: Read) -> None:
    rows: list[list[object]] = [["ds", "y", "y"], [START, 1, 2]]

    with pytest.raises(DataError, match="row 1: columns 2 and 3 are both named 'y'"):
        read(workbook(rows), name="data.xlsx")


@pytest.mark.parametrize("rows", [[], [["ds", "y"]]])
def test_a_sheet_without_rows_is_refused(read: Read, rows: list[list[object]]) -> None:
    with pytest.raises(DataError, match="no data rows in its first sheet"):
        read(workbook(rows), name="data.xlsx")


def test_text_goes_by_the_rules_of_csv(read: Read) -> None:
    rows: list[list[object]] = [["ds", "y"]]
    rows += [[f"{day:02}.01.2024", f"{day},5"] for day in range(10, 20)]

    panel, findings = read(workbook(rows), name="data.xlsx")

    assert panel.values.tolist() == [day + 0.5 for day in range(10, 20)]
    assert findings.warnings == ("column y is read with decimal ','.",)


def test_it_may_be_compressed_or_come_by_standard_input(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = workbook(daily(9))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))

    assert read_panel("-", Hints())[0].lengths().tolist() == [9]
    assert read(gzip.compress(content), name="data.xlsx.gz")[0].lengths().tolist() == [9]


@pytest.mark.parametrize("cut", [200, 3000, -30])
def test_a_damaged_workbook_is_refused(read: Read, cut: int) -> None:
    with pytest.raises(DataError, match="an Excel workbook"):
        read(workbook(daily(99))[:cut], name="data.xlsx")


def test_an_archive_that_claims_to_be_a_workbook_is_refused(read: Read) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", "<no>")

    with pytest.raises(DataError, match="damaged or not an Excel workbook"):
        read(stream.getvalue(), name="data.xlsx")


def test_a_compression_bomb_is_refused(read: Read) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 20_000_000)

    with pytest.raises(DataError, match="compression ratio above 200:1"):
        read(stream.getvalue(), name="data.xlsx")


def test_a_workbook_by_another_name_is_told(read: Read) -> None:
    with pytest.raises(DataError, match=r"looks like an Excel workbook, not csv; rename it to \.x"):
        read(workbook(daily(9)), name="data.csv")


def test_without_the_extra_the_command_that_installs_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data.xlsx").write_bytes(workbook(daily(9)))
    monkeypatch.setitem(sys.modules, "fastexcel", None)

    with pytest.raises(ConfigError, match="python -m pip install") as caught:
        read_panel(tmp_path / "data.xlsx", Hints())

    assert caught.value.exit_code == 2
