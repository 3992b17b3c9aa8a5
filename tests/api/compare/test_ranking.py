"""Tables of a comparison, from runs made by hand."""

import re
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from forecast_rnn.api.compare import Compared
from forecast_rnn.api.compare.ranking import (
    contrasts_of,
    difference_table,
    rank,
    run_table,
    standing_table,
)
from forecast_rnn.evaluation.noise import difference
from tests.api.compare.runs import baseline, cells, made_run, noisy


def tables(runs):
    ranking = rank(runs)
    contrasts = contrasts_of(ranking)
    return ranking, standing_table(ranking, contrasts), difference_table(ranking, contrasts)


def test_the_most_accurate_comes_first_among_cells_and_baselines_alike():
    runs = [baseline("naive", 3.0), *cells(gru=1.0, lstm=0.5), baseline("drift", 0.7)]

    ranking, table, _ = tables(runs)

    assert table["model"].to_list() == ["lstm", "drift", "gru", "naive"]
    assert table["kind"].to_list() == ["cell", "baseline", "cell", "baseline"]
    assert ranking.best == "lstm"


def test_standings_are_against_the_best_cell():
    runs = [*cells(gru=1.0, lstm=1.001, elman=2.0), baseline("naive", 3.0), baseline("drift", 0.5)]

    _, table, _ = tables(runs)

    assert dict(zip(table["model"], table["standing"], strict=True)) == {
        "drift": "better",
        "gru": "best",
        "lstm": "within noise",
        "elman": "worse",
        "naive": "worse",
    }


def test_with_few_series_and_windows_standings_are_unknown():
    runs = [made_run("gru", [1.0, 2.0], seed=0), made_run("elman", [5.0, 6.0], seed=0)]

    _, table, differences = tables(runs)

    assert table["standing"].to_list() == ["best", "unknown"]
    assert differences["words"].to_list() == ["too few to tell from noise"]
    assert differences["p_value"].to_list() == [None]


def test_scores_and_seconds_are_means_over_seeds_and_the_total_counts_all():
    _, table, _ = tables([*cells(gru=1.0), baseline("naive", 2.0)])

    gru = table.row(0, named=True)
    scores = [np.mean(noisy(1.0 + 0.002 * seed, seed)) for seed in range(3)]
    assert gru["mase"] == pytest.approx(np.mean(scores))
    assert gru["spread"] == pytest.approx(np.std(scores, ddof=1))
    assert (gru["training_seconds"], gru["forecast_seconds"]) == (3.0, 0.5)
    assert gru["total_seconds"] == 10.0 + (2 + 3 + 4) + 3 * 0.5
    naive = table.row(1, named=True)
    assert (naive["parameters"], naive["spread"], naive["total_seconds"]) == (None, None, 0.1)


def test_differences_hold_each_model_against_the_best_and_textbook_against_lstm():
    runs = [*cells(gru=1.0, lstm=1.1, textbook=1.5), baseline("naive", 2.0)]

    ranking, _, differences = tables(runs)

    pairs = list(zip(differences["model"], differences["against"], strict=True))
    assert pairs == [("lstm", "gru"), ("textbook", "gru"), ("naive", "gru"), ("textbook", "lstm")]
    last = differences.row(-1, named=True)
    found = difference(ranking.errors("textbook"), ranking.errors("lstm"))
    assert (last["difference"], last["p_value"]) == (found.mean, found.p_value)
    assert last["p_adjusted"] == last["p_value"]


def test_p_values_allow_for_the_number_of_cells():
    _, _, differences = tables(cells(gru=1.0, lstm=1.1, elman=1.2))

    assert differences["p_adjusted"][0] == pytest.approx(
        min(1, max(differences["p_value"][0], 2 * differences["p_value"].min()))
    )


def test_the_absolute_error_counts_where_the_scaled_one_is_undefined():
    runs = [made_run("gru", noisy(2.0, 0), seed=0, mase=False)]
    runs += [made_run("lstm", noisy(1.0, 0), seed=0, mase=False)]

    ranking, table, _ = tables(runs)

    assert ranking.metric == "mae"
    assert table["model"].to_list() == ["lstm", "gru"]
    assert table["mase"].to_list() == [None, None]


def test_noise_is_over_windows_where_series_are_few():
    few = [made_run("gru", [1.0, 2.0], seed=0, cutoffs=12)]
    many = [made_run("gru", noisy(1.0, 0), seed=0, cutoffs=40)]

    assert (rank(few).unit, rank(few).errors("gru").shape) == ("windows", (1, 12))
    assert (rank(many).unit, rank(many).errors("gru").shape) == ("series", (1, 30))


def test_windows_of_a_series_that_ended_early_are_matched_by_the_time_of_the_cutoff():
    run = made_run("gru", [1.0, 3.0], seed=0, cutoffs=6)
    ended = (pl.col("item") == 1) & (pl.col("cutoff") == 5)
    errors = run.errors.filter(~ended.fill_null(False))

    found = rank([replace(run, errors=errors)]).errors("gru")

    assert found.tolist() == [[2.0, 2.0, 2.0, 2.0, 2.0, 1.0]]


def test_owa_is_there_with_naive2_alone():
    runs = [*cells(gru=1.0), made_run("naive2", [4.0] * 30)]

    _, table, _ = tables(runs)
    _, without, _ = tables(runs[:3])

    mase = table["mase"][0]
    assert table["owa"][0] == pytest.approx((5 * mase / 20 + mase / 4) / 2)
    assert table["owa"][1] == 1.0
    assert without["owa"].to_list() == [None]


def test_runs_are_a_row_each():
    table = run_table(rank([*cells(gru=1.0), baseline("naive", 2.0)]))

    assert table["model"].to_list() == ["gru", "gru", "gru", "naive"]
    assert table["seed"].to_list() == [0, 1, 2, None]
    assert table["training_seconds"].to_list() == [2.0, 3.0, 4.0, None]


def test_every_column_is_documented():
    ranking, table, differences = tables([*cells(gru=1.0), baseline("naive", 2.0)])
    documented = set(re.findall(r"`(\w+)`", Compared.__doc__))

    named = {*table.columns, *differences.columns, *run_table(ranking).columns}
    assert named - {"mase", "smape", "mae"} <= documented
