import json
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from forecast_rnn.cli import app, inspect


@pytest.fixture
def many_csv(tmp_path: Path) -> Path:
    """25 series of 4 days, one value of the first missing, one id that would colour a terminal."""
    ids = ["a\x1b[31mb", *(f"[red]{number:02}" for number in range(24))]
    rows = [f"{name},2024-01-0{day},{day}" for name in ids for day in range(1, 5)]
    rows[1] = rows[1].removesuffix("2")
    path = tmp_path / "many.csv"
    path.write_text("\n".join(["shop,date,y", *rows]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def faulty_csv(tmp_path: Path) -> Path:
    """Twenty rows: one impossible date, and 12 texts among the numbers."""
    rows = [f"a,2024-01-{day:02},{day if day < 9 else f'x{day}'}" for day in range(1, 21)]
    rows[2] = "a,2024-01-32,3"
    path = tmp_path / "faulty.csv"
    path.write_text("\n".join(["shop,date,y", *rows]) + "\n")
    return path


def test_series_are_shown_and_no_id_steers_the_terminal(many_csv):
    result = CliRunner().invoke(app, ["inspect", str(many_csv)])

    assert result.exit_code == 0, result.stderr
    assert "\x1b" not in result.stdout + result.stderr
    lines = result.stdout.splitlines()
    assert next(line for line in lines if line.startswith("a")).split()[:5] == [
        r"a\x1b[31mb",
        "4",
        "2024-01-01",
        "2024-01-04",
        "1",
    ]
    assert any(line.startswith("[red]00 ") for line in lines)


def test_long_lists_are_cut_and_counted(many_csv):
    result = CliRunner().invoke(app, ["inspect", str(many_csv)])

    assert result.stdout.endswith("… and 5 more; --json has them all\n")


def test_json_has_every_series_and_the_warnings(many_csv):
    result = CliRunner().invoke(app, ["inspect", str(many_csv), "--json"])

    document = json.loads(result.stdout)
    assert len(document["series"]) == 25
    assert document["series"][0]["series"] == "a\x1b[31mb"
    assert document["series"][0]["missing"] == 1
    assert result.stderr == ""


def test_options_name_the_columns(many_csv):
    result = CliRunner().invoke(app, ["inspect", str(many_csv), "--target", "z"])

    assert result.exit_code == 65
    assert "'z'" in result.stderr


def test_strict_makes_an_error_of_a_warning(many_csv):
    result = CliRunner().invoke(app, ["inspect", str(many_csv), "--strict"])

    assert result.exit_code == 65
    assert result.stdout == ""
    assert "refused by --strict" in result.stderr
    assert "1 missing value in 1 series" in result.stderr


def test_what_is_missing_can_be_filled(many_csv):
    result = CliRunner().invoke(app, ["inspect", str(many_csv), "--missing", "zero", "--strict"])

    assert "1 missing value set to 0" in result.stdout, result.stderr


def test_a_wide_file_is_shown_by_its_columns(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text("ds,a,b\n" + "".join(f"2024-01-0{day},{day},1\n" for day in range(1, 8)))

    result = CliRunner().invoke(app, ["inspect", str(path), "--wide", "--json"])

    assert [one["series"] for one in json.loads(result.stdout)["series"]] == ["a", "b"]


def test_what_training_would_take_is_told_and_the_command_for_it(many_csv):
    result = CliRunner().invoke(app, ["inspect", str(many_csv), "--id", "shop"])

    facts = dict(line.split(None, 1) for line in result.stdout.splitlines()[:9] if line)
    assert facts["values"] == "1 to 4, mean 2.505; 1 of 100 missing (1.0%)"
    assert (facts["season"], facts["horizon"]) == ("1", "1")
    assert result.stderr.splitlines()[-1] == f"next  forecast-rnn train {many_csv} --id shop"


def test_of_many_series_those_with_gaps_are_shown(tmp_path):
    rows = [f"s{item:02},2024-01-0{day},{day}" for item in range(30) for day in range(1, 6)]
    rows[28 * 5 + 2] = "s28,2024-01-03,"
    path = tmp_path / "many.csv"
    path.write_text("\n".join(["id,ds,y", *rows]) + "\n")

    result = CliRunner().invoke(app, ["inspect", str(path)])

    lines = result.stdout.splitlines()
    at = lines.index("The 20 of 30 series with the most missing values:")
    assert [line.split()[0] for line in lines[at + 1 : at + 4]] == ["series", "s28", "s00"]


@pytest.mark.parametrize("width", [60, 80, 100, 120])
@pytest.mark.parametrize("name", ["a", "x" * 200, "東京" * 30], ids=["short", "long", "wide"])
@pytest.mark.parametrize("scale", [1, 1e9, 1e80])
def test_a_table_fits_the_terminal(tmp_path, monkeypatch, width, name, scale):
    rows = [f"{name},2024-01-01 {hour:02}:00:00,{hour * scale}" for hour in range(24)]
    rows += [f"b,2024-01-02 {hour:02}:00:00,{hour}" for hour in range(9)]
    path = tmp_path / "hours.csv"
    path.write_text("\n".join(["id,ds,y", *rows]) + "\n", encoding="utf-8")
    monkeypatch.setattr(inspect, "width_of_result", lambda: width)

    result = CliRunner().invoke(app, ["inspect", str(path)])

    lines = result.stdout.splitlines()
    table = lines[next(at for at, line in enumerate(lines) if line.startswith("series ")) :]
    assert len(table) == 3
    assert max(cell_len(line) for line in table) <= width
    assert table[1][: len(name)].startswith(name[:3])


def test_times_that_are_alike_are_left_out_on_a_terminal(many_csv, monkeypatch):
    monkeypatch.setattr(inspect, "width_of_result", lambda: 120)

    result = CliRunner().invoke(app, ["inspect", str(many_csv)])

    header = next(line for line in result.stdout.splitlines() if line.startswith("series"))
    assert header.split() == ["series", "rows", "missing", "min", "mean", "max", "shape"]


def test_faults_of_all_columns_are_listed_with_lines(faulty_csv):
    result = CliRunner().invoke(app, ["inspect", str(faulty_csv)])

    assert (result.exit_code, result.stdout) == (65, "")
    lines = result.stderr.splitlines()
    assert lines[0] == ("error: faulty.csv has 13 faults (1 in column 'date', 12 in column 'y'):")
    assert (
        lines[1] == "  line 4, column date: '2024-01-32' is not a date of the calendar; correct it"
    )
    assert lines[3] == "  line 11, column y: 'x10' is not a number"
    assert lines[-1] == "  and 3 more"
    assert len(lines) == 12


def test_json_has_the_faults_with_line_column_and_text(faulty_csv):
    result = CliRunner().invoke(app, ["inspect", str(faulty_csv), "--json"])

    document = json.loads(result.stdout)
    assert result.exit_code == 65
    assert document["faults"][0] == {
        "file": str(faulty_csv),
        "line": 4,
        "row": None,
        "column": "date",
        "text": "2024-01-32",
        "message": "'2024-01-32' is not a date of the calendar; correct it",
    }
    assert (len(document["faults"]), document["fault_count"]) == (10, 13)
    assert "error: " + document["error"] + "\n" == result.stderr
    assert document["series"] == []


def test_json_of_a_file_that_is_no_table_has_the_error(tmp_path):
    path = tmp_path / "empty.csv"
    path.write_text("")

    result = CliRunner().invoke(app, ["inspect", str(path), "--json"])

    document = json.loads(result.stdout)
    assert result.exit_code == 65
    assert document["faults"][0]["message"] == document["error"] == "empty.csv is empty."


def test_json_has_the_same_names_with_and_without_faults(many_csv, faulty_csv):
    sound, faulty = (
        json.loads(CliRunner().invoke(app, ["inspect", str(path), "--json"]).stdout)
        for path in (many_csv, faulty_csv)
    )

    assert sound.keys() == faulty.keys()
    assert sound["columns"] == {"time": "date", "id": ["shop"], "target": ["y"]}
    assert (sound["found"]["season"], sound["found"]["horizon"]) == (1, 1)
    assert sound["totals"] == {
        "series": 25,
        "rows": 100,
        "missing": 1,
        "minimum": 1.0,
        "mean": pytest.approx(248 / 99),
        "maximum": 4.0,
    }
    assert (sound["faults"], sound["fault_count"], sound["error"]) == ([], 0, None)
