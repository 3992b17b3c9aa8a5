import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from forecast_rnn.api.inputs import panel_of, usual_task
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels import origins
from tests.benchmarks.scoreboard import own
from tests.benchmarks.scoreboard.simple import held_against, origin_rows

HORIZON, WINDOWS = 3, 2


def backtest_of(path: Path, name: str) -> pl.DataFrame:
    """What a command would write whose network forecasts as a baseline does."""
    panel, _ = panel_of(path, Hints())
    rows = origins.rolling(panel, horizon=HORIZON, windows=WINDOWS, step=HORIZON)
    table = held_against(panel, rows, usual_task(panel, HORIZON), [name])
    quantiles = (pl.col("forecast") + shift for shift in (-5, 0, 5))
    named = [one.alias(f"q{level}") for one, level in zip(quantiles, (0.1, 0.5, 0.9), strict=True)]
    return table.drop("error_scale").with_columns(pl.lit("network").alias("model"), *named)


@pytest.mark.parametrize("file", ["sales_csv", "one_csv"])
def test_cutoffs_are_found_again_among_the_rows(file, request):
    path = request.getfixturevalue(file)
    panel, _ = panel_of(path, Hints())
    rows = origins.rolling(panel, horizon=HORIZON, windows=WINDOWS, step=HORIZON)
    table = backtest_of(path, "naive")

    found = origin_rows(panel, table.select(*panel.items.columns, "cutoff"))

    assert np.array_equal(found, rows)


@pytest.mark.slow
@pytest.mark.parametrize("file", ["sales_csv", "one_csv"])
def test_a_network_that_repeats_a_season_scores_as_the_seasonal_naive(file, request):
    path = request.getfixturevalue(file)

    scores = own.scores_of(path, backtest_of(path, "seasonal_naive"))

    assert scores["mase"] == scores["seasonal_naive"]
    assert scores["cutoffs"] == WINDOWS
    assert scores["best"] == min(scores[name] for name in own.BESIDE)


@pytest.mark.slow
def test_slow_baselines_are_taken_from_earlier_scores_at_the_same_cutoffs_only(one_csv):
    table = backtest_of(one_csv, "naive")
    scores = own.scores_of(one_csv, table)
    known = scores | dict.fromkeys(own.SLOW, -1.0)
    elsewhere = known | {"ridge": 9.0}

    assert own.scores_of(one_csv, table, [elsewhere]) == scores
    assert own.scores_of(one_csv, table, [elsewhere, known])["best"] == -1.0


def test_candidates_that_are_bundled_are_left_out(tmp_path):
    bundled = pl.read_csv(own.BUNDLED / "us_gasoline_weekly.csv")
    bundled.rename({"barrels": "y"}).write_csv(tmp_path / "same.csv")
    bundled.rename({"barrels": "y"}).head(-1).write_csv(tmp_path / "shorter.csv")
    entries = [{"name": "same", "h": 5}, {"name": "shorter", "h": 6}]
    (tmp_path / "index.json").write_text(json.dumps(entries))

    sets = own.own_sets(tmp_path)

    assert sets[:-1] == own.own_sets(None)
    assert sets[-1] == own.OwnSet("shorter", tmp_path / "shorter.csv", 6)
