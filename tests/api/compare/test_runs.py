"""Runs: what a cell's seeds share, and what is timed."""

import polars as pl
import pytest

from forecast_rnn.api.compare.runs import Arena, run_baselines, run_cell
from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.evaluation.holdout import hold_out
from forecast_rnn.progress import ignore
from tests.panels import NAN, panel_of

TASK = Task(horizon=4, season_length=4)
CONFIG = TrainConfig(
    prior="none", cell="elman", hidden_size=4, steps=20, members=1, batch_size=8, threads=1
)


@pytest.fixture(scope="module")
def arena():
    wave = [50.0 + 20 * (t % 4) + 0.5 * t for t in range(60)]
    gap = [NAN if t in (50, 57) else value for t, value in enumerate(wave)]
    panel = panel_of(wave, gap, [NAN] * 60)
    return Arena(panel, TASK, CONFIG, hold_out(panel, TASK, windows=2), seeds=2)


def test_baselines_settle_which_windows_count(arena):
    runs, windows = run_baselines(arena)

    assert {run.kind for run in runs} == {"baseline"}
    # Two windows of four steps each, but for the gaps and for the series without any value.
    assert windows.height == 2 * 4 + 2 * 4 - 1
    assert all(run.facts["forecast_seconds"] > 0 for run in runs)


def test_seeds_of_a_cell_share_its_choice_and_differ_in_weights(arena):
    _, windows = run_baselines(arena)

    first, second = run_cell(arena, "gru", windows, ignore)

    assert (first.model, first.seed, second.seed) == ("gru", 0, 1)
    shared = ("hidden_size", "layers", "steps", "parameters", "choosing_seconds")
    assert [first.facts[name] for name in shared] == [second.facts[name] for name in shared]
    assert first.scores["mase"] != second.scores["mase"]


def test_errors_are_by_series_and_by_window(arena):
    runs, windows = run_baselines(arena)
    errors = runs[0].errors

    whole = errors.filter(pl.col("cutoff").is_null())
    assert whole["item"].to_list() == [0, 1]
    assert errors.drop_nulls("cutoff")["cutoff"].to_list() == [51, 55, 51, 55]
    assert runs[0].scores["mae"] == pytest.approx(whole["mae"].mean())
    assert windows["item"].unique().sort().to_list() == [0, 1]
