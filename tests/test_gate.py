"""What is published where a baseline does better than the network."""

import json
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from forecast_rnn.cli import app

QUICK = ("--steps", 20, "--hidden-size", 8, "--members", 1, "--threads", 1)
TASK = ("--horizon", 7, "--season", 7)


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def write_weeks(path: Path, trends: dict[str, float]) -> Path:
    """Write series that repeat their week exactly, or rise from week to week."""
    rows = [
        {
            "shop": shop,
            "day": date(2024, 1, 1) + timedelta(days=day),
            "sales": 100.0 + 9 * (day % 7) + trend * (day // 7),
        }
        for shop, trend in trends.items()
        for day in range(84)
    ]
    pl.DataFrame(rows).write_csv(path)
    return path


@pytest.fixture
def regular(tmp_path):
    """Series that the seasonal naive forecasts without error."""
    return write_weeks(tmp_path / "regular.csv", {"a": 0.0, "b": 0.0})


@pytest.fixture
def rising(tmp_path):
    """Series that rise so fast that every baseline but the drift is far off."""
    return write_weeks(tmp_path / "rising.csv", {"a": 30.0, "b": 30.0})


def test_a_gate_that_stays_shut_leaves_the_forecast_of_before(regular, tmp_path):
    out = tmp_path / "out"
    assert run("train", regular, *QUICK, *TASK, "--out", out).exit_code == 0
    before = (out / "forecast.csv").read_bytes()
    model = (out / "model" / "weights.safetensors").read_bytes()

    result = run("train", regular, *QUICK, *TASK, "--out", out, "--gate", "--seed", 5)

    assert result.exit_code == 80
    assert "seasonal_naive is better than the network" in result.stderr
    assert (out / "forecast.csv").read_bytes() == before
    assert (out / "model" / "weights.safetensors").read_bytes() != model


def test_a_gate_that_stays_shut_says_so_to_a_program(regular, tmp_path):
    result = run("train", regular, *QUICK, *TASK, "--out", tmp_path / "o", "--gate", "--json", "-q")

    told = json.loads(result.stdout)
    assert told["shut"].startswith("the gate is shut")
    assert "forecast.csv" not in told["files"]
    assert not (tmp_path / "o" / "forecast.csv").exists()


def test_a_gate_opens_for_a_network_that_is_better(rising, tmp_path):
    options = ("--steps", 200, "--hidden-size", 16, "--members", 1, "--threads", 1, *TASK)

    result = run(
        "backtest", rising, *options, "--gate", "--baselines", "naive", "--out", tmp_path / "o"
    )

    assert result.exit_code == 0, result.stderr
    assert "The network beats the seasonal naive" in result.stderr


def test_the_gate_of_a_backtest_is_shut_after_its_files_are_written(regular, tmp_path):
    result = run("backtest", regular, *QUICK, *TASK, "--gate", "--out", tmp_path / "o")

    assert result.exit_code == 80
    assert (tmp_path / "o" / "backtest.parquet").exists()


def test_series_that_could_not_be_tested_do_not_pass_a_gate(tmp_path):
    path = write_weeks(tmp_path / "long.csv", {"a": 1.0})
    short = pl.read_csv(path)[:9]
    short.write_csv(tmp_path / "short.csv")

    result = run("train", tmp_path / "short.csv", *QUICK, *TASK, "--gate", "--out", tmp_path / "o")

    assert result.exit_code == 80
    assert "could not be held against a baseline" in result.stderr


def test_the_fallback_publishes_the_better_of_both_and_says_which(tmp_path):
    path = write_weeks(tmp_path / "mixed.csv", {"even": 0.0, "odd": 60.0})
    out = tmp_path / "out"
    options = ("--steps", 200, "--hidden-size", 16, "--members", 1, "--threads", 1, *TASK)

    result = run("train", path, *options, "--fallback", "--workbook", "--out", out)

    assert result.exit_code == 0, result.stderr
    assert "1 series was forecast by the seasonal naive, which did better" in result.stderr
    forecast = pl.read_csv(out / "forecast.csv")
    by = dict(forecast.group_by("shop").agg(pl.col("model").unique().first()).rows())
    assert by == {"even": "seasonal_naive", "odd": "network"}
    even = forecast.filter(pl.col("shop") == "even")["forecast"].to_list()
    assert even == [100.0 + 9 * day for day in range(7)]
    sheet = pl.read_excel(out / "forecast.xlsx", sheet_name="forecast")
    assert sheet["model"].to_list() == forecast["model"].to_list()
    again = run("predict", out, "--threads", 1)
    assert again.stdout == (out / "forecast.csv").read_text()
    newer = run("predict", out, path, "--threads", 1)
    assert newer.stdout == again.stdout


def test_without_the_option_nothing_is_marked(regular, tmp_path):
    run("train", regular, *QUICK, *TASK, "--out", tmp_path / "o")

    assert "model" not in pl.read_csv(tmp_path / "o" / "forecast.csv").columns
