import shlex
import sys
from types import ModuleType, SimpleNamespace

import polars as pl
import pytest
from typer.testing import CliRunner

import forecast_rnn.api
from forecast_rnn.api.reproduce import title_of, training_command
from forecast_rnn.cli import app
from forecast_rnn.config import TrainConfig
from forecast_rnn.data.schema import Hints

NOTHING_SAID = {"horizon": None, "season": None, "quantiles": None, "future": None}


@pytest.fixture
def asked(monkeypatch):
    """What the command line asks of the library."""
    calls = SimpleNamespace()

    def train(data, **named):
        vars(calls).update(named, data=data)
        raise KeyboardInterrupt

    module = ModuleType("forecast_rnn.api.train")
    module.train = train
    monkeypatch.setitem(sys.modules, "forecast_rnn.api.train", module)
    monkeypatch.setattr(forecast_rnn.api, "train", module, raising=False)
    return calls


@pytest.mark.parametrize(
    ("hints", "config", "others"),
    [
        (Hints(), TrainConfig(), {}),
        (Hints(), TrainConfig(calendar=False, device="cpu", threads=2), {"season": 24}),
        (
            Hints(
                time="the day",
                target=("a", "b"),
                item_id=("shop", "it's"),
                frequency="1mo",
                date_format="%d/%m/%Y",
                time_zone="Europe/Berlin",
                duplicates="sum",
                missing="zero",
                encoding="cp1252",
                static=("region",),
                past=("weather",),
                known=("price", "promo"),
                categorical=("promo",),
                cutoff="2024-02-29",
                holidays=("DE", "US"),
            ),
            TrainConfig(
                cell="lstm",
                hidden_size=8,
                head="poisson",
                dilation=(1, 4),
                residual=True,
                attention=True,
                layers=2,
                members=3,
                steps=20,
                batch_size=4,
                learning_rate=0.01,
                seed=5,
                calendar=True,
            ),
            {"horizon": 9, "quantiles": (0.05, 0.5, 0.95), "future": "ahead.csv"},
        ),
        (Hints(wide=True, target=("-x",)), TrainConfig(), {}),
    ],
    ids=["nothing", "switches", "everything", "wide"],
)
def test_the_command_asks_for_the_same_again(hints, config, others, asked):
    others = NOTHING_SAID | others
    command = training_command("/data/my sales.csv", hints, config, others)

    CliRunner().invoke(app, shlex.split(command)[1:])

    assert asked.data == "my sales.csv"
    assert (asked.hints, asked.config) == (hints, config)
    assert asked.quantile_levels == others["quantiles"]
    assert (asked.horizon, asked.season) == (others["horizon"], others["season"])
    assert asked.future == others["future"]


def test_the_seed_is_always_said_and_folders_never():
    command = training_command("/home/me/sales.csv", Hints(), TrainConfig(), NOTHING_SAID)

    assert command == "forecast-rnn train sales.csv --seed 0"


@pytest.mark.parametrize(
    ("data", "title"),
    [("/far/sales.v2.csv.gz", "sales.v2"), ("-", "standard input"), (pl.DataFrame(), "Table")],
)
def test_a_report_is_headed_by_the_name_of_the_file(data, title):
    assert title_of(data) == title
