"""A training holds the backtest that it made, whatever becomes of the folder."""

from dataclasses import replace
from pathlib import Path

import pytest

from forecast_rnn.api.train import train
from forecast_rnn.config import TrainConfig
from forecast_rnn.errors import InputError

CONFIG = TrainConfig(prior="none", hidden_size=8, steps=20, members=1, threads=1)


@pytest.fixture
def trained(sales_csv, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return train(sales_csv, horizon=7, config=CONFIG, out=Path("out"))


def test_the_backtest_is_found_from_another_folder(trained, tmp_path, monkeypatch):
    expected = trained.backtest
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    monkeypatch.chdir(elsewhere)

    assert trained.backtest.equals(expected)


def test_the_backtest_of_a_later_training_is_not_taken_for_it(trained, sales_csv):
    later = train(sales_csv, horizon=7, config=replace(CONFIG, seed=1), out=Path("out"))

    assert later.backtest.height > 0
    with pytest.raises(InputError, match=r"backtest\.parquet was written anew after this training"):
        _ = trained.backtest


def test_the_same_training_again_is_the_same_backtest(trained, sales_csv):
    expected = trained.backtest

    train(sales_csv, horizon=7, config=CONFIG, out=Path("out"))

    assert trained.backtest.equals(expected)


def test_a_backtest_that_is_gone_is_said_to_be(trained, tmp_path):
    (tmp_path / "out" / "backtest.parquet").unlink()

    with pytest.raises(InputError, match=r"out.backtest\.parquet, which cannot be read: No such"):
        _ = trained.backtest
