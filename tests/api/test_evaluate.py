"""What an evaluation says of intervals, against plain loops."""

from statistics import mean
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from forecast_rnn.api.evaluate import judge
from forecast_rnn.api.intervals import INSIDE
from forecast_rnn.evaluation.metrics import comparable
from forecast_rnn.tables import ITEM, ORIGIN, STEP, WINDOW
from tests.output.report.outcomes import TASK, backtest_of, waves
from tests.panels import NAN, panel_of

TESTED = SimpleNamespace(forecaster="a network")


def inside_of(table, seed):
    """Pretend what an interval held without calibration, null where that is unknown."""
    own = table.filter(model="network")
    drawn = pl.Series(INSIDE, np.random.default_rng(seed).random(own.height) < 0.4)
    inside = pl.when(pl.col("actual").is_not_null()).then(drawn).alias(INSIDE)
    return own.select(*WINDOW, inside)


@pytest.mark.parametrize("at_once", [1, 20_000])
@pytest.mark.parametrize("gaps", [[], [(0, 38), (2, 33), (2, 34)]], ids=["whole", "gaps"])
def test_what_held_before_calibration_is_a_mean_over_series(monkeypatch, gaps, at_once):
    monkeypatch.setattr("forecast_rnn.tables.ROWS_AT_ONCE", at_once)
    series = [list(values) for values in waves(3)]
    for item, row in gaps:
        series[item][row] = NAN
    table = backtest_of(panel_of(*series))
    flat = inside_of(table, seed=3)
    before = flat.group_by(ITEM, ORIGIN, maintain_order=True).agg(STEP, INSIDE)

    said = judge(table, TESTED, TASK, before).sentences[-1]

    by_item: dict[int, list[bool]] = {}
    counted = set(comparable(table).filter(model="network").select(WINDOW).rows())
    for *window, holdout in flat.iter_rows():
        if tuple(window) in counted:
            by_item.setdefault(window[0], []).append(holdout)
    assert len(counted) == flat.height - len(gaps)
    share = f"{100 * mean(map(mean, by_item.values())):.0f}%"
    assert said.endswith(f"; {share} before it was calibrated on earlier rows.")
