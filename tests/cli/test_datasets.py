import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from forecast_rnn.cli import app
from forecast_rnn.cli.datasets import dataset_folder

INDEX = json.loads((dataset_folder() / "index.json").read_text(encoding="utf-8"))


def test_all_data_sets_are_listed():
    result = CliRunner().invoke(app, ["datasets"])

    assert result.exit_code == 0
    listed = [line.split()[0] for line in result.stdout.splitlines()]
    assert listed == ["name", *(entry["name"] for entry in INDEX)]


def test_a_name_gives_the_path_and_nothing_else():
    result = CliRunner().invoke(app, ["datasets", "us_births_daily"])

    path = Path(result.stdout.removesuffix("\n"))
    assert path.is_file()
    assert result.stderr == ""


def test_an_unknown_name_is_met_with_the_nearest():
    result = CliRunner().invoke(app, ["datasets", "us_birth_daily"])

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "did you mean 'us_births_daily'?" in result.stderr


def test_json_holds_the_paths():
    result = CliRunner().invoke(app, ["datasets", "--json"])

    assert all(Path(entry["path"]).is_file() for entry in json.loads(result.stdout))


@pytest.mark.parametrize("entry", INDEX, ids=lambda entry: entry["name"])
def test_the_index_tells_the_truth(entry):
    path = dataset_folder() / f"{entry['name']}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert len(rows) == entry["rows"]
    assert entry["target"] in rows[0]
    assert len({row[entry["id"]] for row in rows} if entry["id"] else {""}) == entry["series"]


def test_every_file_is_in_the_index_and_in_the_readme():
    readme = (dataset_folder() / "README.md").read_text(encoding="utf-8")
    files = {path.stem for path in dataset_folder().glob("*.csv")}

    assert files == {entry["name"] for entry in INDEX}
    for entry in INDEX:
        section = readme.split(f"## {entry['name']}\n")[1].split("\n## ")[0]
        assert entry["licence"].replace("CC BY", "Creative Commons Attribution") in section


def test_the_files_are_small():
    assert sum(path.stat().st_size for path in dataset_folder().iterdir()) < 1_500_000


def test_installed_data_sets_come_before_those_of_a_checkout(monkeypatch, tmp_path):
    package = tmp_path / "site" / "forecast_rnn"
    (package / "cli").mkdir(parents=True)
    (tmp_path / "site" / "datasets").mkdir()
    monkeypatch.setattr("forecast_rnn.cli.datasets.__file__", str(package / "cli" / "datasets.py"))

    assert dataset_folder() == tmp_path / "site" / "datasets"
    (package / "datasets").mkdir()
    assert dataset_folder() == package / "datasets"


@pytest.mark.parametrize("entry", INDEX, ids=lambda entry: entry["name"])
def test_every_data_set_is_understood_without_an_option(entry):
    path = dataset_folder() / f"{entry['name']}.csv"

    result = CliRunner().invoke(app, ["inspect", str(path), "--json"])

    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert len(document["series"]) == entry["series"]
    assert entry["frequency"] in document["found"]["time"]
