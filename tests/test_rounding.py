"""`--round`: whole numbers wherever a forecast is seen, and the same ones everywhere."""

from dataclasses import replace

import numpy as np
import polars as pl
import polars.selectors as cs
import pytest

from forecast_rnn.api import train as api
from forecast_rnn.api.backtest import backtest
from forecast_rnn.api.model import load
from forecast_rnn.cli.inspect import forecast_facts
from forecast_rnn.config import TrainConfig
from forecast_rnn.errors import DataError
from forecast_rnn.evaluation.value_metrics import mae

CONFIG = TrainConfig(prior="none", hidden_size=8, steps=20, members=1, threads=1)
ROUND = replace(CONFIG, round=True)
FORECASTS = cs.matches(r"^(forecast|q0\.\d+)$")


@pytest.fixture(scope="module")
def data(tmp_path_factory, sales_writer):
    """Two shops, of which the network cannot forecast the one that ends with a gap."""
    frame = pl.read_csv(sales_writer(tmp_path_factory.mktemp("round") / "sales.csv"))
    late = (pl.col("shop") == "south") & (pl.col("date") > "2024-03-01")
    return frame.with_columns(sales=pl.when(~late).then("sales"))


@pytest.fixture(scope="module")
def plain(data):
    return api.train(data, horizon=7, config=CONFIG)


@pytest.fixture(scope="module")
def rounded(data, tmp_path_factory):
    out = tmp_path_factory.mktemp("rounded") / "out"
    return api.train(data, horizon=7, config=ROUND, out=out, workbook=True)


def numbers(table):
    return table.select(FORECASTS).to_numpy()


def test_a_rounded_forecast_is_the_other_one_rounded(plain, rounded):
    assert rounded.fallback == ("south",)
    assert rounded.forecast.select(FORECASTS).dtypes == [pl.Int64] * 10
    np.testing.assert_array_equal(numbers(rounded.forecast), np.rint(numbers(plain.forecast)))


def test_what_is_scored_is_rounded_and_what_is_simpler_is_not(plain, rounded):
    own, other = (found.backtest.filter(pl.col("model") == "network") for found in (rounded, plain))
    network = (pl.col("model") == "network") & (pl.col("metric") == "mae")
    by_hand = own.drop_nulls(["actual", "forecast"]).select(mae(())).item()

    np.testing.assert_array_equal(numbers(own), np.rint(numbers(other)))
    assert rounded.scores.filter(network)["value"].item() == pytest.approx(by_hand)
    simple = pl.col("model") != "network"
    assert rounded.backtest.filter(simple).equals(plain.backtest.filter(simple))


def test_predict_goes_on_rounding(data, rounded):
    model = load(rounded.folder)
    text = (rounded.folder / "forecast.csv").read_text()

    assert model.predict(data).table.equals(rounded.forecast)
    assert "." not in "".join(line.split(",", 2)[2] for line in text.splitlines()[1:])
    assert model.paths(5).table["value"].dtype == pl.Int64


def test_the_command_that_does_it_again_rounds(rounded):
    assert "--round" in (rounded.folder / "report.html").read_text(encoding="utf-8")
    assert rounded.settings["round"] is True


def test_a_rolling_backtest_is_rounded(data):
    found = backtest(data, horizon=7, config=ROUND, windows=2, baselines=["seasonal_naive"])
    own = found.table.filter(pl.col("model") == "network")

    assert (numbers(own) == np.rint(numbers(own))).all()


@pytest.mark.parametrize("run", [api.train, backtest])
def test_fractions_are_refused_before_training(run, data):
    odd = data.with_columns(
        sales=pl.col("sales") + pl.when(date="2024-02-01").then(0.5).otherwise(0)
    )

    with pytest.raises(DataError, match=r"series north has .*\.5 at 2024-02-01, and 1 other value"):
        run(odd, horizon=7, config=ROUND)


def test_inspect_says_that_a_model_forecasts_whole_numbers(plain, rounded):
    facts = [forecast_facts(trained.model.forecaster)["quantiles"] for trained in (plain, rounded)]

    assert facts[1] == f"{facts[0]}, of whole numbers"
