"""The library leaves the process that calls it as it was."""

import os
import signal
import warnings

import numpy as np
import polars as pl
import pytest
import torch

from forecast_rnn.api import train as api
from forecast_rnn.api.backtest import backtest
from forecast_rnn.api.model import load
from forecast_rnn.config import TrainConfig
from forecast_rnn.neural.runtime import WIDE

CONFIG = TrainConfig(prior="none", hidden_size=8, steps=20, members=1, threads=3)


def process_state():
    """What belongs to the process and not to a call."""
    kind, keys, *rest = np.random.get_state(legacy=True)
    return {
        "threads": torch.get_num_threads(),
        "precision": torch.get_float32_matmul_precision(),
        "torch": torch.get_rng_state().tolist(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "dtype": torch.get_default_dtype(),
        "gradients": torch.is_grad_enabled(),
        "numpy": (kind, keys.tolist(), rest),
        "errors": np.geterr(),
        "environment": dict(os.environ),
        "folder": os.getcwd(),
        "warnings": list(warnings.filters),
        "signals": {number: signal.getsignal(number) for number in signal.valid_signals()},
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory, sales_writer):
    folder = tmp_path_factory.mktemp("process")
    sales_writer(folder / "sales.csv")
    api.train(folder / "sales.csv", horizon=7, config=CONFIG, out=folder / "out")
    return folder


def update(folder):
    day = pl.DataFrame({"shop": ["north"], "date": ["2024-05-20"], "sales": [140]})
    load(folder / "out", threads=3).update(day)


CALLS = {
    "train": lambda folder: api.train(folder / "sales.csv", horizon=7, config=CONFIG),
    "backtest": lambda folder: backtest(folder / "sales.csv", horizon=7, config=CONFIG),
    "load": lambda folder: load(folder / "out", threads=3),
    "predict": lambda folder: load(folder / "out", threads=3).predict(folder / "sales.csv"),
    "paths": lambda folder: load(folder / "out", threads=3).paths(5, seed=1),
    "update": update,
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_leaves_the_process_as_it_was(folder, name):
    CALLS[name](folder)  # what is imported for the first time may say things of its own
    before = process_state()

    CALLS[name](folder)

    assert process_state() == before


def test_a_training_that_fails_leaves_the_process_as_it_was(folder):
    before = process_state()

    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        api.train(folder / "sales.csv", horizon=7, config=CONFIG, on_progress=stop)

    assert process_state() == before


def test_loading_a_second_model_changes_no_forecast_of_the_first(folder, tmp_path):
    first = load(folder / "out", threads=1)
    before = first.predict().table
    wide = TrainConfig(prior="none", hidden_size=WIDE, steps=1, members=1, threads=1)
    api.train(folder / "sales.csv", horizon=7, config=wide, out=tmp_path / "wide")

    second = load(tmp_path / "wide", threads=4)
    second.predict()

    assert (first.forecaster.threads, second.forecaster.threads) == (1, 4)
    assert first.predict().table.equals(before)
