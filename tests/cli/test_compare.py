import json
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace

import polars as pl
import pytest
from typer.testing import CliRunner

from forecast_rnn.cli import app
from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.data.hints import Hints
from forecast_rnn.errors import DataError
from forecast_rnn.neural.cells import CELLS

TABLE = pl.DataFrame(
    {
        "model": ["gru", "elman", "textbook", "naive"],
        "kind": ["cell", "cell", "cell", "baseline"],
        "standing": ["best", "within noise", "worse", "worse"],
        "mase": [0.8123, 0.8145, 0.912, 1.0],
        "smape": [12.0, 12.5, 13.0, 14.0],
        "mae": [251.0, 252.0, 260.0, 299.0],
        "weighted_quantile_loss": [0.0312, 0.0315, 0.04, None],
        "coverage_80": [0.79, 0.78, 0.8, None],
        "owa": [None, None, None, None],
        "spread": [0.0034, 0.0021, 0.0, None],
        "hidden_size": [64, 128, 64, None],
        "layers": [1, 1, 1, None],
        "steps": [400, 1600, 400, None],
        "parameters": [12345, 23456, 9999, None],
        "choosing_seconds": [20.0, 21.0, 22.0, None],
        "training_seconds": [12.345, 9.9, 101.0, None],
        "forecast_seconds": [0.5, 0.4, 0.6, 0.001],
        "total_seconds": [60.0, 52.0, 327.0, 0.001],
    },
    schema_overrides={"owa": pl.Float64},
)
RUNS = TABLE.select("model", "kind", "mase").with_columns(seed=pl.lit(0))
DIFFERENCES = pl.DataFrame({"model": ["elman"], "against": ["gru"], "p_value": [float("nan")]})


@dataclass
class Recorder:
    """Stands for `compare.compare`: keeps what it was called with, returns a fixed outcome."""

    calls: list[dict] = field(default_factory=list)
    seeds: int = 3

    def __call__(self, data, **named):
        found = SimpleNamespace(facts={"target": "sales"}, warnings=("2 rows are missing.",))
        task = Task(horizon=28, season_length=7)
        named.pop("on_found")(found, task)
        named.pop("on_progress")
        self.calls.append({"data": data} | named)
        return SimpleNamespace(
            table=TABLE,
            runs=RUNS,
            differences=DIFFERENCES,
            metric="mase",
            best="gru",
            sentences=("gru is the most accurate cell.", "It beats textbook by more than noise."),
            task=task,
            windows=2,
            seeds=self.seeds,
            findings=found,
        )


@pytest.fixture
def compare(monkeypatch):
    module = ModuleType("forecast_rnn.api.compare")
    module.compare = Recorder()
    monkeypatch.setitem(sys.modules, "forecast_rnn.api.compare", module)
    return module.compare


def run(command: str, **environment: str):
    return CliRunner().invoke(app, shlex.split(command), env=environment)


def test_without_options_all_cells_are_compared_with_three_seeds(compare):
    result = run("compare sales.csv")

    assert result.exit_code == 0
    assert compare.calls[0] == {
        "data": "sales.csv",
        "cells": tuple(CELLS),
        "seeds": 3,
        "windows": None,
        "hints": Hints(),
        "horizon": None,
        "season": None,
        "quantile_levels": None,
        "config": TrainConfig(),
        "strict": False,
    }


def test_every_option_reaches_the_library(compare):
    run(
        "compare - --cells gru,lstm --seeds 5 --windows 2 --time ds --target a,b --id shop "
        "--horizon 9 --freq h --season 24 --hidden-size 8 --layers 2 --members 3 "
        "--quantiles 0.5,0.1 --steps 20 --learning-rate 0.01 --batch-size 4 --seed 5 --device cpu "
        "--threads 1 --date-format %d.%m.%Y --timezone Europe/Berlin --duplicates sum "
        "--missing zero --encoding cp1252 --strict --static region --past weather "
        "--known price,promo --categorical promo --holidays DE,US --cutoff 2024-02-29 "
        "--no-calendar --dilation 1,4 --residual --attention --head normal"
    )

    assert compare.calls[0] == {
        "data": "-",
        "cells": ("gru", "lstm"),
        "seeds": 5,
        "windows": 2,
        "hints": Hints(
            time="ds",
            target=("a", "b"),
            item_id=("shop",),
            frequency="h",
            date_format="%d.%m.%Y",
            time_zone="Europe/Berlin",
            duplicates="sum",
            missing="zero",
            encoding="cp1252",
            static=("region",),
            past=("weather",),
            known=("price", "promo"),
            categorical=("promo",),
            holidays=("DE", "US"),
            cutoff="2024-02-29",
        ),
        "horizon": 9,
        "season": 24,
        "quantile_levels": (0.1, 0.5),
        "config": TrainConfig(
            head="normal",
            hidden_size=8,
            layers=2,
            members=3,
            steps=20,
            batch_size=4,
            learning_rate=0.01,
            seed=5,
            device="cpu",
            threads=1,
            calendar=False,
            dilation=(1, 4),
            residual=True,
            attention=True,
        ),
        "strict": True,
    }


def test_the_table_is_the_result_and_all_talk_goes_elsewhere(compare):
    result = run("compare sales.csv")

    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert lines == [
        "model MASE ± sMAPE MAE WQL coverage (0.8) width layers steps parameters train s "
        "forecast s all s",
        "* gru 0.8123 0.0034 12.00 251.0 0.03120 0.7900 64 1 400 12,345 12.35 0.50 60.00",
        "~ elman 0.8145 0.0021 12.50 252.0 0.03150 0.7800 128 1 1,600 23,456 9.90 0.40 52.00",
        "textbook 0.9120 0.0000 13.00 260.0 0.04000 0.8000 64 1 400 9,999 101.00 0.60 327.00",
        "naive 1.0000 - 14.00 299.0 - - - - - - - 0.00 0.00",
        "",
        "gru is the most accurate cell. It beats textbook by more than noise.",
        "",
        "* is the best cell, ~ what differs from it by no more than noise. ± is the standard "
        "deviation of MASE over seeds; train s is the training of one scored network, forecast s "
        "all its forecasts, all s everything, the choice of width and steps included.",
    ]
    assert result.stderr == (
        "target   sales\nseason   7\nhorizon  28\nwarning: 2 rows are missing.\n"
    )


def test_quiet_leaves_the_result(compare):
    result = run("compare sales.csv --quiet")

    assert result.stdout.lstrip().startswith("model")
    assert result.stderr == "warning: 2 rows are missing.\n"


def test_json_is_one_document_on_standard_output(compare):
    result = run("compare sales.csv --json --quiet")

    document = json.loads(result.stdout)
    assert document["format"] == 1
    assert (document["metric"], document["best"], document["seeds"]) == ("mase", "gru", 3)
    assert (document["horizon"], document["season"], document["windows"]) == (28, 7, 2)
    assert document["models"][0]["parameters"] == 12345
    assert document["models"][3]["parameters"] is None
    assert document["runs"][1] == {"model": "elman", "kind": "cell", "mase": 0.8145, "seed": 0}
    assert document["differences"] == [{"model": "elman", "against": "gru", "p_value": None}]
    assert document["sentences"][1] == "It beats textbook by more than noise."
    assert document["warnings"] == ["2 rows are missing."]
    assert result.stderr == "warning: 2 rows are missing.\n"


def test_beside_json_the_table_is_talk(compare):
    result = run("compare sales.csv --json")

    assert json.loads(result.stdout)["best"] == "gru"
    assert "* gru" in result.stderr


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_file_takes_the_table_by_its_suffix(compare, tmp_path, suffix):
    path = tmp_path / f"cells.{suffix}"

    result = run(f"compare sales.csv --output {path}")

    read = {"csv": pl.read_csv, "parquet": pl.read_parquet}[suffix](path)
    assert read.drop("owa").equals(TABLE.drop("owa"))
    assert result.stdout == ""
    assert "* gru" in result.stderr


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [("cells.doc", 2, "does not end in a known format"), ("nowhere/cells.csv", 73, "nowhere")],
)
def test_a_table_that_could_not_be_written_is_refused_before_training(
    compare, tmp_path, name, code, words
):
    result = run(f"compare sales.csv --output {tmp_path / name}")

    assert result.exit_code == code
    assert words in result.stderr
    assert compare.calls == []


def test_with_one_seed_there_is_no_word_of_a_spread(compare):
    compare.seeds = 1

    assert "standard deviation" not in run("compare sales.csv --seeds 1").stdout


def test_the_environment_sets_cells_and_flags_overrule_it(compare):
    run("compare sales.csv --seeds 2", FORECAST_RNN_CELLS="gru, elman", FORECAST_RNN_SEEDS="9")

    assert (compare.calls[0]["cells"], compare.calls[0]["seeds"]) == (("gru", "elman"), 2)


def test_an_error_of_the_library_becomes_its_exit_code(compare, monkeypatch):
    def fail(*_, **__):
        raise DataError("the series are too short to compare cells. Pass a smaller --horizon.")

    monkeypatch.setattr(sys.modules["forecast_rnn.api.compare"], "compare", fail)

    result = run("compare sales.csv")

    assert result.exit_code == 65
    assert result.stderr.startswith("error: the series are too short to compare cells.")


def test_a_cell_that_is_not_known_is_2_with_the_choices():
    result = run(f"compare {Path(__file__)} --cells grue")

    assert result.exit_code == 2
    assert result.stderr.startswith("error: there is no cell 'grue'; choose from elman, ")
