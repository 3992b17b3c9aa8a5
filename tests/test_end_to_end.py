"""Train, predict and inspect as users do, on small data and with few steps."""

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from forecast_rnn.cli import app
from forecast_rnn.neural.cells import CELLS

QUICK = (
    "--steps",
    "20",
    "--hidden-size",
    "8",
    "--members",
    "1",
    "--threads",
    "1",
    "--horizon",
    "7",
)
PROGRAM = (sys.executable, "-m", "forecast_rnn")
COLUMNS = ["shop", "date", "forecast", *(f"q0.{tenth}" for tenth in range(1, 10))]


def run(*arguments: object, input: bytes | None = None):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=input)


@pytest.fixture(scope="module")
def sales(tmp_path_factory, sales_writer: Callable[..., Path]) -> Path:
    return sales_writer(tmp_path_factory.mktemp("data") / "sales.csv")


@pytest.fixture(scope="module")
def folder(sales: Path) -> Path:
    folder = sales.parent / "sales-forecast"
    result = run("train", sales, "--out", folder, *QUICK)
    assert result.exit_code == 0, result.stderr
    return folder


def test_training_writes_every_file(folder):
    assert sorted(path.name for path in folder.iterdir()) == [
        ".forecast-rnn.json",
        "backtest.parquet",
        "forecast.csv",
        "model",
        "report.html",
        "scores.csv",
    ]
    assert sorted(path.name for path in (folder / "model").iterdir()) == [
        "manifest.json",
        "series.parquet",
        "weights.safetensors",
    ]


def test_the_forecast_speaks_the_words_of_the_input(folder):
    forecast = pl.read_csv(folder / "forecast.csv", try_parse_dates=True)

    assert forecast.columns == COLUMNS
    assert forecast["shop"].to_list() == ["north"] * 7 + ["south"] * 7
    assert forecast["date"][0] == date(2024, 5, 20)
    assert forecast["date"][6] == date(2024, 5, 26)
    assert forecast.null_count().sum_horizontal().item() == 0


def test_the_forecast_is_the_median_and_quantiles_do_not_cross(folder):
    forecast = pl.read_csv(folder / "forecast.csv")

    quantiles = forecast.select(r"^q.*$").to_numpy()
    assert (quantiles[:, 1:] >= quantiles[:, :-1]).all()
    assert forecast["forecast"].equals(forecast["q0.5"])


def test_the_backtest_holds_network_and_baselines_on_the_same_windows(folder):
    backtest = pl.read_parquet(folder / "backtest.parquet")

    assert backtest.columns[:6] == ["model", "shop", "date", "cutoff", "step", "actual"]
    windows = backtest.group_by("model").agg(pl.len())
    assert {"network", "naive", "seasonal_naive", "drift"} <= set(windows["model"])
    assert windows["len"].n_unique() == 1


def test_scores_compare_the_same_models(folder):
    scores = pl.read_csv(folder / "scores.csv")

    assert scores.columns == ["model", "metric", "value"]
    assert scores["model"][0] == "network"
    assert {"mase", "smape", "mae", "rmse"} <= set(scores["metric"])


def test_training_talks_on_standard_error_only(sales, tmp_path):
    result = run("train", sales, "--out", tmp_path / "out", *QUICK)

    assert result.exit_code == 0
    assert result.stdout == ""
    for word in ("sales", "date", "season", "horizon", "seasonal_naive", "wrote", "next"):
        assert word in result.stderr


def test_json_is_the_only_thing_on_standard_output(sales, tmp_path):
    result = run("train", sales, "--out", tmp_path / "out", *QUICK, "--json", "--quiet")

    document = json.loads(result.stdout)
    assert document["settings"]["horizon"] == 7
    assert document["scores"]["seasonal_naive"]["mase"] > 0
    assert result.stderr == ""


def test_predict_without_data_repeats_the_forecast_of_the_training(folder):
    result = run("predict", folder)

    assert result.exit_code == 0
    assert result.stdout_bytes == (folder / "forecast.csv").read_bytes()
    assert result.stderr == ""


def test_predict_takes_the_model_itself_and_the_training_data(folder, sales):
    result = run("predict", folder / "model", sales)

    assert result.stdout_bytes == (folder / "forecast.csv").read_bytes()


def test_predict_starts_after_the_last_row_of_new_data(folder, tmp_path, sales_writer):
    longer = sales_writer(tmp_path / "longer.csv", days=143)

    result = run("predict", folder, longer)

    forecast = pl.read_csv(io.BytesIO(result.stdout_bytes), try_parse_dates=True)
    assert forecast["date"].min() == date(2024, 5, 23)


def test_predict_reads_standard_input(folder, sales):
    result = run("predict", folder, "-", input=sales.read_bytes())

    assert result.stdout_bytes == (folder / "forecast.csv").read_bytes()


@pytest.mark.parametrize("suffix", ["csv", "tsv", "parquet", "json", "ndjson", "xlsx"])
def test_predict_writes_every_format(folder, tmp_path, suffix):
    path = tmp_path / f"forecast.{suffix}"

    result = run("predict", folder, "--output", path)

    assert (result.exit_code, result.stdout) == (0, "")
    assert path.stat().st_size > 500


def test_the_model_works_where_the_data_are_gone(folder, tmp_path):
    moved = shutil.copytree(folder / "model", tmp_path / "elsewhere")

    result = run("predict", moved)

    assert result.stdout_bytes == (folder / "forecast.csv").read_bytes()


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(sales, folder, tmp_path):
    run("train", sales, "--out", tmp_path / "again", *QUICK)
    run("train", sales, "--out", tmp_path / "other", *QUICK, "--seed", "1")

    for name in ("model/weights.safetensors", "forecast.csv"):
        first = (folder / name).read_bytes()
        assert (tmp_path / "again" / name).read_bytes() == first
        assert (tmp_path / "other" / name).read_bytes() != first


@pytest.mark.parametrize("cell", [name for name in CELLS if name != "gru"])
def test_every_cell_trains(sales, tmp_path, cell):
    result = run("train", sales, "--out", tmp_path / "out", *QUICK, "--cell", cell)

    assert result.exit_code == 0, result.stderr
    assert f" {cell}," in result.stderr


def test_a_single_series_has_no_id_column(one_csv, tmp_path):
    result = run("train", one_csv, "--out", tmp_path / "out", *QUICK, "--quantiles", "0.1,0.5,0.9")

    assert result.exit_code == 0, result.stderr
    header = (tmp_path / "out" / "forecast.csv").read_text().splitlines()[0]
    assert header == "date,forecast,q0.1,q0.5,q0.9"


def test_a_series_too_short_to_be_tested_is_forecast_and_that_is_said(tmp_path, sales_writer):
    short = sales_writer(tmp_path / "short.csv", shops=("",), days=9)

    result = run("train", short, "--out", tmp_path / "out", *QUICK)

    assert result.exit_code == 0, result.stderr
    assert "warning: " in result.stderr
    assert "No verdict" in result.stderr
    assert len((tmp_path / "out" / "forecast.csv").read_text().splitlines()) == 8


def test_inspect_shows_every_series(sales):
    result = run("inspect", sales)

    assert result.exit_code == 0
    assert "date" in result.stdout
    assert [line.split()[:2] for line in result.stdout.splitlines()[-2:]] == [
        ["north", "140"],
        ["south", "140"],
    ]


def test_inspect_shows_and_checks_a_model(folder, tmp_path):
    shown = run("inspect", folder)
    damaged = shutil.copytree(folder, tmp_path / "damaged")
    weights = bytearray((damaged / "model" / "weights.safetensors").read_bytes())
    weights[-1] ^= 1
    (damaged / "model" / "weights.safetensors").write_bytes(weights)
    complaint = run("inspect", damaged)

    assert shown.exit_code == 0
    assert "gru" in shown.stdout
    assert (complaint.exit_code, complaint.stdout) == (78, "")


def test_inspect_json_is_one_document(sales, folder):
    data = json.loads(run("inspect", sales, "--json").stdout)
    model = json.loads(run("inspect", folder, "--json").stdout)

    assert [series["rows"] for series in data["series"]] == [140, 140]
    assert model["task"]["horizon"] == 7


@pytest.mark.parametrize("command", ["train", "inspect"])
def test_a_missing_file_is_66(command):
    result = run(command, "nowhere.csv")

    assert (result.exit_code, result.stdout) == (66, "")
    assert "nowhere.csv" in result.stderr


def test_a_missing_model_is_66():
    result = run("predict", "nowhere")

    assert (result.exit_code, result.stdout) == (66, "")


def test_a_reader_that_has_enough_is_no_complaint(folder, sales):
    shell = f'"$0" -m forecast_rnn predict {folder} - < {sales} | head -n 3'
    result = subprocess.run(
        ["bash", "-o", "pipefail", "-c", shell, sys.executable], capture_output=True, text=True
    )

    assert result.returncode in (0, 141)
    assert result.stderr == ""
    assert [line.split(",")[0] for line in result.stdout.splitlines()] == ["shop", "north", "north"]


def test_a_reader_that_left_is_141(folder):
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run([*PROGRAM, "predict", folder], stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)

    assert (result.returncode, result.stderr) == (141, b"")


def test_a_terminal_is_not_needed_and_nothing_but_the_table_is_printed(folder):
    result = subprocess.run([*PROGRAM, "predict", folder], capture_output=True, check=True)

    assert result.stdout == (folder / "forecast.csv").read_bytes()
    assert result.stderr == b""
