import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from forecast_rnn.cli import app


@pytest.fixture
def many_csv(tmp_path: Path) -> Path:
    """25 series of 4 days, one value of the first missing, one id that would colour a terminal."""
    ids = ["a\x1b[31mb", *(f"[red]{number:02}" for number in range(24))]
    rows = [f"{name},2024-01-0{day},{day}" for name in ids for day in range(1, 5)]
    rows[1] = rows[1].removesuffix("2")
    path = tmp_path / "many.csv"
    path.write_text("\n".join(["shop,date,y", *rows]) + "\n", encoding="utf-8")
    return path


def test_series_are_shown_and_no_id_steers_the_terminal(many_csv):
    result = CliRunner().invoke(app, ["inspect", str(many_csv)])

    assert result.exit_code == 0, result.stderr
    assert "\x1b" not in result.stdout + result.stderr
    lines = result.stdout.splitlines()
    assert next(line for line in lines if line.startswith("a")).split()[:3] == [
        r"a\x1b[31mb",
        "4",
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
