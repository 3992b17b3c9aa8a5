import math
from statistics import fmean

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from forecast_rnn.config import Task
from forecast_rnn.evaluation.metrics import comparable, scores, scores_by, series_scores
from forecast_rnn.evaluation.value_metrics import METRICS, score_names
from forecast_rnn.tables import quantile_columns

LEVELS = (0.1, 0.5, 0.8)
TASK = Task(horizon=3, season_length=1, quantile_levels=LEVELS)


def random_backtest(seed: int) -> pl.DataFrame:
    """Two models, six series of up to three origins; zeros, gaps and undefined scales."""
    generator = np.random.default_rng(seed)
    origins = [(item, origin) for item in range(6) for origin in range(item % 3 + 1)]
    windows = [(item, origin, step) for item, origin in origins for step in (1, 2, 3)]
    actual = generator.choice([None, 0.0, 1.5, -2.0, 40.0], len(windows))
    scale = {origin: generator.choice([None, 0.5, 2.0]) for origin in origins}
    rows = []
    for model in ("network", "naive"):
        for (item, origin, step), value in zip(windows, actual, strict=True):
            quantiles = np.sort(generator.normal(1, 5, 3)).tolist()
            forecast = [0.0, quantiles[1]][int(generator.integers(2))]
            own = scale[item, origin]
            known = (item, origin, step, forecast, value, own, own and 1.5 * own)
            rows.append((model, *known, *(quantiles if model == "network" else [None] * 3)))
    names = ["model", "item", "origin", "step", "forecast", "actual", "error_scale"]
    names += ["root_error_scale"]
    return pl.DataFrame(rows, schema=names + quantile_columns(LEVELS), orient="row")


def mean(values):
    values = [value for value in values if value is not None]
    return fmean(values) if values else None


def pinball(row, level):
    below = row["actual"] - row[f"q{level}"]
    return max(level * below, (level - 1) * below)


def absolute(row):
    return abs(row["forecast"] - row["actual"])


def reference_mase(rows):
    return mean(absolute(row) / row["error_scale"] for row in rows if row["error_scale"])


def reference_smape(rows):
    sizes = [abs(row["forecast"]) + abs(row["actual"]) for row in rows]
    return mean(
        200 * absolute(row) / size if size else 0 for row, size in zip(rows, sizes, strict=True)
    )


def reference_mape(rows):
    return mean(100 * absolute(row) / abs(row["actual"]) for row in rows if row["actual"])


def reference_mae(rows):
    return mean(absolute(row) for row in rows)


def reference_rmse(rows):
    squared = mean(absolute(row) ** 2 for row in rows)
    return None if squared is None else math.sqrt(squared)


def reference_bias(rows):
    return mean(row["forecast"] - row["actual"] for row in rows)


def reference_rmsse(rows):
    scaled = [absolute(row) / row["root_error_scale"] for row in rows if row["root_error_scale"]]
    return math.sqrt(fmean(error**2 for error in scaled)) if scaled else None


def reference_crps(rows):
    loss = reference_quantile_loss(rows)
    return None if loss is None else 2 * loss


def reference_msis(rows):
    rows = [row for row in rows if row["q0.1"] is not None and row["error_scale"]]
    return mean(
        (
            row["q0.8"]
            - row["q0.1"]
            + max(row["q0.1"] - row["actual"], 0) / 0.1
            + max(row["actual"] - row["q0.8"], 0) / 0.2
        )
        / row["error_scale"]
        for row in rows
    )


def reference_quantile_loss(rows):
    rows = [row for row in rows if row["q0.1"] is not None]
    return mean(mean(pinball(row, level) for row in rows) for level in LEVELS)


def reference_weighted_quantile_loss(rows):
    rows = [row for row in rows if row["q0.1"] is not None]
    size = sum(abs(row["actual"]) for row in rows)
    losses = [2 * sum(pinball(row, level) for row in rows) for level in LEVELS]
    return fmean(losses) / size if size else None


def reference_coverage(rows):
    rows = [row for row in rows if row["q0.1"] is not None]
    return mean(float(row["q0.1"] <= row["actual"] <= row["q0.8"]) for row in rows)


def reference_interval_width(rows):
    return mean(row["q0.8"] - row["q0.1"] for row in rows if row["q0.1"] is not None)


def reference(metric):
    return globals()[f"reference_{metric}"]


def known_rows(table, model, item=None):
    return [
        row
        for row in table.iter_rows(named=True)
        if row["model"] == model and row["actual"] is not None and item in (None, row["item"])
    ]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("metric", METRICS)
def test_metric_is_the_plain_loop_on_every_series(metric, seed):
    table = random_backtest(seed)

    found = series_scores(comparable(table), TASK)

    for model, item, value in found.select("model", "item", metric).iter_rows():
        expected = reference(metric)(known_rows(table, model, item))
        assert value == (expected if expected is None else pytest.approx(expected, rel=1e-12))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("metric", [name for name in METRICS if name != "weighted_quantile_loss"])
def test_score_is_the_mean_over_series(metric, seed):
    table = random_backtest(seed)
    name = score_names(LEVELS)[metric]

    found = scores(table, TASK).filter(metric=name)

    for model, value in found.select("model", "value").iter_rows():
        expected = mean(reference(metric)(known_rows(table, model, item)) for item in range(6))
        assert value == (expected if expected is None else pytest.approx(expected, rel=1e-12))


def test_weighted_quantile_loss_is_over_all_series_at_once():
    table = random_backtest(0)

    found = scores(table, TASK).filter(model="network", metric="weighted_quantile_loss")

    expected = reference_weighted_quantile_loss(known_rows(table, "network"))
    assert found["value"].item() == pytest.approx(expected, rel=1e-12)


def test_a_perfect_forecast_scores_best():
    table = random_backtest(0).with_columns(
        pl.col("actual").alias(name) for name in ("forecast", *quantile_columns(LEVELS))
    )

    found = scores(table, TASK).filter(model="network")

    values = dict(found.select("metric", "value").iter_rows())
    assert values.pop("coverage_70") == 1
    assert set(values.values()) == {0}


def test_every_model_has_every_metric_in_the_order_of_the_table():
    found = scores(random_backtest(0), TASK)

    assert found["model"].unique(maintain_order=True).to_list() == ["network", "naive"]
    assert found["metric"].to_list() == 2 * list(score_names(LEVELS).values())
    assert found.columns == ["model", "metric", "value"]


def test_interval_metrics_carry_their_share_and_need_two_levels():
    assert score_names((0.1, 0.5, 0.9))["coverage"] == "coverage_80"
    assert score_names((0.025, 0.5, 0.975))["interval_width"] == "interval_width_95"
    assert "coverage" not in score_names((0.5,))


def test_models_are_scored_on_the_windows_that_all_of_them_forecast():
    table = random_backtest(0).with_columns(actual=pl.lit(1.0))
    item, naive = pl.col("item"), pl.col("model") == "naive"
    table = table.with_columns(forecast=pl.when(~naive | (item > 2)).then(pl.col("forecast")))

    found = scores(table, TASK)

    assert found.equals(scores(table.filter(item > 2), TASK))


def test_a_model_without_any_forecast_does_not_empty_the_scores():
    table = random_backtest(0)
    silent = pl.when(pl.col("model") != "naive").then(pl.col("forecast"))

    found = scores(table.with_columns(forecast=silent), TASK)

    assert found.filter(model="network", metric="mae")["value"].item() > 0
    assert found.filter(model="naive")["value"].null_count() == len(METRICS)


def test_an_empty_backtest_gives_empty_scores():
    assert scores(random_backtest(0).clear(), TASK).height == 0


AVERAGED = [name for name in METRICS if name != "weighted_quantile_loss"]


@pytest.mark.parametrize("by", [("step",), ("origin",), ("item",), ("item", "origin")])
@pytest.mark.parametrize("metric", AVERAGED)
def test_score_of_a_group_is_the_mean_over_its_series(metric, by):
    table = random_backtest(1)

    found = scores_by(table, TASK, by=by).select("model", *by, metric)

    rows = [row for model in ("network", "naive") for row in known_rows(table, model)]
    groups = {tuple(row[name] for name in ("model", *by)) for row in rows}
    assert {row[:-1] for row in found.iter_rows()} == groups
    for *group, value in found.iter_rows():
        inside = [row for row in rows if [row[name] for name in ("model", *by)] == group]
        items = {row["item"] for row in inside}
        each = ([row for row in inside if row["item"] == item] for item in sorted(items))
        expected = mean(reference(metric)(some) for some in each)
        assert value == (expected if expected is None else pytest.approx(expected, rel=1e-12))


def test_weighted_quantile_loss_of_a_step_is_over_all_series_at_once():
    table = random_backtest(1)

    found = scores_by(table, TASK, by=["step"]).filter(model="network")

    for step, value in found.select("step", "weighted_quantile_loss").iter_rows():
        rows = [row for row in known_rows(table, "network") if row["step"] == step]
        assert value == pytest.approx(reference_weighted_quantile_loss(rows), rel=1e-12)


def test_owa_is_the_mean_ratio_to_naive2():
    table = random_backtest(2).with_columns(model=pl.col("model").replace("naive", "naive2"))

    found = scores(table, TASK).pivot(on="metric", index="model").rows_by_key("model", named=True)

    (own,), (other,) = found["network"], found["naive2"]
    expected = (own["smape"] / other["smape"] + own["mase"] / other["mase"]) / 2
    assert own["owa"] == pytest.approx(expected, rel=1e-12)
    assert other["owa"] == 1


def test_owa_of_a_series_is_against_naive2_on_the_same_series():
    table = random_backtest(2).with_columns(model=pl.col("model").replace("naive", "naive2"))

    found = scores_by(table, TASK, by=["item"])

    for item in found["item"].unique():
        own, other = (found.filter(model=m, item=item) for m in ("network", "naive2"))
        defined = other["mase"].item() and other["smape"].item() and own["mase"].item() is not None
        expected = (
            (own["smape"].item() / other["smape"].item() if defined else 0)
            + (own["mase"].item() / other["mase"].item() if defined else 0)
        ) / 2
        assert own["owa"].item() == (pytest.approx(expected, rel=1e-12) if defined else None)


def test_owa_is_null_without_naive2():
    assert scores_by(random_backtest(0), TASK)["owa"].to_list() == [None, None]


def test_percentages_of_zeros_are_left_out_and_undefined_of_nothing_else():
    table = random_backtest(0).filter(model="naive").head(2)
    table = table.with_columns(forecast=pl.lit(3.0), error_scale=pl.lit(1.0))

    half, none = (
        scores_by(table.with_columns(actual=pl.Series(actual)), TASK)["mape"].item()
        for actual in ([0.0, 2.0], [0.0, 0.0])
    )

    assert half == 50
    assert none is None


def test_scores_do_not_depend_on_how_many_rows_are_scored_at_a_time(monkeypatch):
    table = random_backtest(0)
    whole = [series_scores(table, TASK), scores_by(table, TASK, by=("step",)), scores(table, TASK)]

    monkeypatch.setattr("forecast_rnn.tables.ROWS_AT_ONCE", 4)
    in_portions = [
        series_scores(table, TASK),
        scores_by(table, TASK, by=("step",)),
        scores(table, TASK),
    ]

    for one, two in zip(in_portions, whole, strict=True):
        assert_frame_equal(one, two, rel_tol=1e-13)  # sums go by where rows lie
