import json
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
from typer.testing import CliRunner

from forecast_rnn.cli import app
from forecast_rnn.cli.evaluation import default_folder
from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.data.hints import Hints
from forecast_rnn.errors import DataError
from forecast_rnn.evaluation.verdict import Verdict
from forecast_rnn.neural.cells import CELLS

SETTINGS = {
    "cell": "gru",
    "hidden_size": 64,
    "layers": 1,
    "members": 2,
    "parameters": 12345,
    "steps": 1000,
    "seconds": 12.3,
}


@dataclass
class Recorder:
    """Stands for `api.train`: keeps what it was called with and returns a fixed outcome."""

    calls: list[dict] = field(default_factory=list)
    missing: tuple[str, ...] = ()

    def __call__(self, data, **named):
        outcome = trained(named["out"], self.missing)
        named.pop("on_found")(outcome.findings, Task(horizon=28, season_length=7))
        named.pop("on_progress")
        self.calls.append({"data": data} | named)
        return outcome


def trained(folder: Path, missing: tuple[str, ...]) -> SimpleNamespace:
    scores = [
        ("network", "mase", 0.6123),
        ("network", "mae", 251.0),
        ("network", "coverage_80", 0.7812),
        ("seasonal_naive", "mase", 1.0),
        ("seasonal_naive", "mae", float("nan")),
        ("seasonal_naive", "coverage_80", None),
    ]
    return SimpleNamespace(
        folder=folder,
        worth=(),
        scores=pl.DataFrame(scores, schema=["model", "metric", "value"], orient="row"),
        verdict=Verdict(sentences=("The network beats the seasonal naive.", "Take it with care.")),
        findings=SimpleNamespace(
            facts={"time": "date (daily)", "target": "sales"}, warnings=("2 rows are missing.",)
        ),
        settings=SETTINGS,
        forecast=pl.DataFrame(),
        warnings=("The series is short.",),
        fallback=("north",),
        missing=missing,
        shut=None,
        publishes=True,
    )


@pytest.fixture
def train(fake_api):
    fake_api.train = Recorder()
    return fake_api.train


def run(command: str, **environment: str):
    return CliRunner().invoke(app, shlex.split(command), env=environment)


def test_without_options_everything_is_left_to_the_library(train):
    result = run("train sales.csv")

    assert result.exit_code == 0
    call = train.calls[0]
    assert call == {
        "data": "sales.csv",
        "hints": Hints(),
        "horizon": None,
        "season": None,
        "quantile_levels": None,
        "config": TrainConfig(),
        "future": None,
        "out": Path("sales-forecast"),
        "gate": False,
        "fallback": False,
        "workbook": False,
        "strict": False,
    }


def test_every_option_reaches_the_library(train):
    run(
        "train - --time ds --target a,b --target c --id shop,item --horizon 9 --freq h --season 24 "
        "--out there --cell lstm --hidden-size 8 --layers 2 --members 3 --quantiles 0.5,0.1 "
        "--steps 20 --learning-rate 0.01 --batch-size 4 --seed 5 --device cpu --threads 1 "
        "--date-format %d.%m.%Y --duplicates sum --missing zero --encoding cp1252 --strict "
        "--static region --past weather --known price,promo --categorical promo --holidays DE,US "
        "--cutoff 2024-02-29 --future ahead.csv --no-calendar --dilation 1,4 --residual "
        "--attention --head poisson --gate --fallback --timezone Europe/Berlin "
        "--workbook"
    )

    call = train.calls[0]
    assert call == {
        "data": "-",
        "hints": Hints(
            time="ds",
            target=("a", "b", "c"),
            item_id=("shop", "item"),
            frequency="h",
            date_format="%d.%m.%Y",
            duplicates="sum",
            missing="zero",
            encoding="cp1252",
            time_zone="Europe/Berlin",
            static=("region",),
            past=("weather",),
            known=("price", "promo"),
            categorical=("promo",),
            cutoff="2024-02-29",
            holidays=("DE", "US"),
        ),
        "horizon": 9,
        "season": 24,
        "quantile_levels": (0.1, 0.5),
        "config": TrainConfig(
            cell="lstm",
            head="poisson",
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
        "future": "ahead.csv",
        "out": Path("there"),
        "gate": True,
        "fallback": True,
        "workbook": True,
        "strict": True,
    }


@pytest.mark.parametrize("option", ["--head negative-binomial", "--distribution negbin"])
def test_a_head_may_be_called_a_distribution_and_go_by_a_shorter_name(train, option):
    run(f"train sales.csv {option}")

    assert train.calls[0]["config"] == TrainConfig(head="negative-binomial")


def test_an_unknown_head_is_2_with_the_choices(train):
    result = run("train sales.csv --head cauchy")

    assert result.exit_code == 2
    assert "there is no head 'cauchy'; choose from quantile, normal" in result.stderr


def test_the_environment_sets_options_and_flags_overrule_it(train):
    run(
        "train sales.csv --cell elman",
        FORECAST_RNN_CELL="lstm",
        FORECAST_RNN_HIDDEN_SIZE="8",
        FORECAST_RNN_TARGET="units sold",
        FORECAST_RNN_FREQ="h",
    )

    call = train.calls[0]
    assert (call["config"].cell, call["config"].hidden_size) == ("elman", 8)
    assert (call["hints"].target, call["hints"].frequency) == (("units sold",), "h")


def test_a_wide_file_is_asked_for(train):
    run("train sales.csv --wide --target north,south")

    assert train.calls[0]["hints"] == Hints(wide=True, target=("north", "south"))


@pytest.mark.parametrize(
    "command", ["--duplicates first", "--missing drop", "--encoding x", "--wide --id shop"]
)
def test_a_rule_that_is_not_known_is_2(train, command):
    result = run(f"train sales.csv {command}")

    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert train.calls == []


def test_all_talk_goes_to_standard_error(train):
    result = run("train sales.csv --out 'my folder'")

    assert result.stdout == ""
    assert result.stderr == (
        "time     date (daily)\n"
        "target   sales\n"
        "season   7\n"
        "horizon  28\n"
        "warning: 2 rows are missing.\n"
        "warning: The series is short.\n"
        "network  2 x gru, hidden size 64, layers 1, 12,345 parameters, 1,000 steps, 12.3 s\n"
        "\n"
        "model            MASE  MAE  coverage (0.8)\n"
        "network         0.612  251           0.781\n"
        "seasonal_naive  1.000    -               -\n"
        "\n"
        "The network beats the seasonal naive. Take it with care.\n"
        "\n"
        "wrote  my folder: model, forecast.csv, backtest.parquet, scores.csv, report.html\n"
        "next   forecast-rnn predict 'my folder'\n"
    )


def test_quiet_leaves_only_warnings(train):
    result = run("train sales.csv --quiet")

    assert result.stdout == ""
    assert result.stderr == "warning: 2 rows are missing.\nwarning: The series is short.\n"


def test_json_is_one_document_on_standard_output(train):
    result = run("train sales.csv --json")

    document = json.loads(result.stdout)
    assert document["format"] == 1
    assert document["folder"] == "sales-forecast"
    assert document["found"] == {"time": "date (daily)", "target": "sales"}
    assert document["scores"]["network"] == {"mase": 0.6123, "mae": 251.0, "coverage_80": 0.7812}
    assert document["scores"]["seasonal_naive"]["mae"] is None
    assert document["verdict"]["sentences"][1] == "Take it with care."
    assert document["settings"]["hidden_size"] == 64
    assert document["fallback"] == ["north"]
    assert document["warnings"] == ["2 rows are missing.", "The series is short."]


def test_series_without_a_forecast_make_the_exit_code_3(train):
    train.missing = ("a",)

    result = run("train sales.csv --quiet --json")

    assert result.exit_code == 3
    assert json.loads(result.stdout)["missing"] == ["a"]
    assert result.stderr.endswith("warning: 1 series has no forecast: a.\n")


def test_a_wrong_value_is_2_before_anything_is_read(train):
    result = run("train sales.csv --cell grue")

    assert result.exit_code == 2
    assert result.stderr.startswith("error: there is no cell 'grue'; choose from elman, ")
    assert all(name in result.stderr for name in CELLS)
    assert train.calls == []


def test_an_error_of_the_library_becomes_its_exit_code(fake_api):
    def fail(*_, **__):
        raise DataError("sales.csv: no column has dates. Name one with --time.")

    fake_api.train = fail

    result = run("train sales.csv")

    assert result.exit_code == 65
    assert result.stderr == "error: sales.csv: no column has dates. Name one with --time.\n"


@pytest.mark.parametrize(
    ("data", "folder"),
    [
        ("sales.csv", "sales-forecast"),
        ("/far/away/sales.parquet", "sales-forecast"),
        ("sales.csv.gz", "sales-forecast"),
        ("sales.v2.tsv.zst", "sales.v2-forecast"),
        ("sales", "sales-forecast"),
        ("-", "stdin-forecast"),
    ],
)
def test_the_folder_is_named_after_the_file(data, folder):
    assert default_folder(data, "forecast") == Path(folder)
