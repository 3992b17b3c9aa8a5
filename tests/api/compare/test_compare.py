"""Comparing cells on small files: the same windows for all, and none that was seen."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from forecast_rnn.api.compare import compare
from forecast_rnn.api.evaluate import evaluate
from forecast_rnn.api.inputs import panel_of
from forecast_rnn.baselines import USUAL_BASELINES
from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.data.hints import Hints
from forecast_rnn.errors import ConfigError, DataError
from forecast_rnn.evaluation.metrics import scores
from forecast_rnn.neural.fitting.fit import fit_tested
from forecast_rnn.progress import ignore

CONFIG = TrainConfig(prior="none", hidden_size=4, steps=20, members=1, threads=1)
CELLS = ("gru", "elman")
SECONDS = ["choosing_seconds", "training_seconds", "forecast_seconds", "total_seconds"]


@pytest.fixture(scope="module")
def sales(tmp_path_factory, sales_writer):
    return sales_writer(tmp_path_factory.mktemp("compare") / "sales.csv")


@pytest.fixture(scope="module")
def compared(sales):
    return compare(sales, cells=CELLS, seeds=2, horizon=7, config=CONFIG)


def test_each_cell_has_a_row_a_seed_and_each_baseline_one(compared):
    assert set(compared.table["model"]) == {*CELLS, *USUAL_BASELINES}
    assert compared.table["mase"].is_sorted()
    assert compared.runs.height == 2 * len(CELLS) + len(USUAL_BASELINES)
    assert compared.runs.filter(pl.col("kind") == "cell")["seed"].to_list() == [0, 1, 0, 1]
    assert compared.best in CELLS


def test_a_run_scores_what_train_would_report_of_that_cell(compared, sales):
    panel, _ = panel_of(sales, Hints())
    task = Task(horizon=7, season_length=7)

    tested = fit_tested(panel, task, replace(CONFIG, cell="elman"), ignore)

    table = evaluate(panel, tested.forecaster, tested.rows, USUAL_BASELINES, task)
    own = scores(table, task).filter(pl.col("model") == "network")
    row = compared.runs.filter((pl.col("model") == "elman") & (pl.col("seed") == 0))
    # But for the last digit: the order in which Polars adds depends on the rows beside.
    found = row.select(own["metric"].to_list()).row(0)
    assert found == pytest.approx(tuple(own["value"]), rel=1e-12)


@pytest.mark.slow
def test_seeds_differ_and_the_same_comparison_gives_the_same_scores(compared, sales):
    again = compare(sales, cells=CELLS, seeds=2, horizon=7, config=replace(CONFIG, threads=2))

    assert compared.runs["mase"].n_unique() == compared.runs.height
    assert again.table.drop(SECONDS).equals(compared.table.drop(SECONDS))
    assert again.differences.equals(compared.differences)
    assert again.sentences == compared.sentences


def test_seeds_begin_with_that_of_the_configuration(compared, sales):
    config = replace(CONFIG, seed=1)

    other = compare(sales, cells=("gru",), seeds=1, horizon=7, config=config)

    gru = compared.runs.filter((pl.col("model") == "gru") & (pl.col("seed") == 1))
    assert other.runs.filter(pl.col("seed") == 1)["steps"].to_list() == gru["steps"].to_list()
    assert other.sentences[-1].startswith("With one seed")


@pytest.mark.slow
def test_networks_have_not_seen_what_they_are_scored_on(sales):
    frame = pl.read_csv(sales)
    last = pl.col("date").rank("ordinal").over("shop") > 140 - 7
    changed = frame.with_columns(pl.when(last).then(0).otherwise("sales").alias("sales"))

    one, other = (
        compare(data, cells=("gru",), seeds=1, windows=1, horizon=7, config=CONFIG)
        for data in (frame, changed)
    )

    # The forecasts are the same: with an actual of 0 their mean is the mean error.
    bias = one.table.filter(pl.col("model") == "gru")["bias"].item()
    actual = frame.filter(last)["sales"].mean()
    assert other.table.filter(pl.col("model") == "gru")["bias"].item() == pytest.approx(
        bias + actual
    )
    assert one.windows == 1


def test_costs_are_told(compared):
    gru = compared.table.filter(pl.col("model") == "gru").row(0, named=True)
    parts = compared.runs.filter(pl.col("model") == "gru")

    assert (gru["hidden_size"], gru["layers"], gru["steps"]) == (4, 1, 20)
    assert gru["parameters"] > 0
    each = parts["training_seconds"].sum() + parts["forecast_seconds"].sum()
    assert gru["total_seconds"] == pytest.approx(parts["choosing_seconds"][0] + each)
    assert np.all([gru[name] > 0 for name in SECONDS])


def test_progress_tells_which_cell_it_is_about(sales):
    stages = []

    compare(
        sales,
        cells=CELLS,
        seeds=1,
        horizon=7,
        config=CONFIG,
        on_progress=lambda progress: stages.append(progress.stage),
    )

    assert list(dict.fromkeys(stages)) == [
        f"{cell} ({number} of 2), {what}"
        for number, cell in enumerate(CELLS, 1)
        for what in ("choosing", "backtesting")
    ]


def test_windows_without_a_value_are_left_out_for_all_alike(sales):
    frame = pl.read_csv(sales)
    last = pl.col("date").rank("ordinal").over("shop") > 140 - 3
    gappy = frame.with_columns(pl.when(~last).then("sales").alias("sales"))
    keep = (pl.col("shop") == "north") | ~last

    found = compare(gappy.filter(keep), cells=("gru",), seeds=1, horizon=7, config=CONFIG)

    assert found.table["mase"].null_count() == 0


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({"cells": ("grue",)}, "there is no cell 'grue'; choose from elman"),
        ({"cells": ()}, "no cell to compare"),
        ({"seeds": 0}, "seeds is 0"),
        ({"windows": 0}, "windows is 0"),
    ],
)
def test_a_wrong_value_is_named_before_anything_is_read(named, words):
    with pytest.raises(ConfigError, match=words):
        compare("nothing-like-it.csv", **named)


def test_series_too_short_to_hold_rows_back_are_refused_with_a_way_out(sales):
    with pytest.raises(DataError, match=r"140 rows.*30 times the horizon of 7.*fewer --windows"):
        compare(sales, cells=("gru",), windows=30, horizon=7, config=CONFIG)


def test_strict_refuses_data_that_give_a_warning(sales):
    frame = pl.read_csv(sales).gather_every(1).filter(pl.col("date") != "2024-02-10")

    with pytest.raises(DataError):
        compare(frame, cells=("gru",), seeds=1, horizon=7, config=CONFIG, strict=True)


def test_counts_are_checked_for_heads_of_counts(sales):
    frame = pl.read_csv(sales).with_columns(pl.col("sales") / 3)

    with pytest.raises(DataError, match="poisson"):
        compare(frame, cells=("gru",), config=replace(CONFIG, head="poisson"))
