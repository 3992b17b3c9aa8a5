import math
from itertools import pairwise
from statistics import fmean

import numpy as np
import polars as pl
import pytest
from scipy import stats

from forecast_rnn.config import Task
from forecast_rnn.evaluation.significance import (
    MORE,
    NO_MORE,
    TOO_FEW,
    compare,
    diebold_mariano,
    paired_bootstrap,
)

TASK = Task(horizon=2, season_length=1, quantile_levels=(0.5,))


def overlapping(generator, count, overlap, shift=0.0):
    """A moving average of noise: what forecasts that share rows look like."""
    noise = generator.normal(size=count + overlap - 1)
    return shift + np.convolve(noise, np.ones(overlap) / math.sqrt(overlap), "valid")


def share_found(test, draw, times=400):
    return fmean(test(draw()).p_value <= 0.05 for _ in range(times))


def reference_diebold_mariano(differences, overlap):
    """Statistic and p value, from the equations of the papers, in plain loops."""
    count, mean = len(differences), fmean(differences)

    def covariance(lag):
        pairs = zip(differences[lag:], differences, strict=False)
        return sum((later - mean) * (earlier - mean) for later, earlier in pairs) / count

    variance = covariance(0) + 2 * sum(covariance(lag) for lag in range(1, overlap))
    statistic = mean / math.sqrt(variance / count)
    h = overlap
    statistic *= math.sqrt((count + 1 - 2 * h + h * (h - 1) / count) / count)
    return statistic, 2 * stats.t.sf(abs(statistic), count - 1)


@pytest.mark.parametrize("overlap", [1, 2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_diebold_mariano_is_the_equations_of_the_papers(overlap, seed):
    differences = overlapping(np.random.default_rng(seed), 30, overlap, shift=0.3)

    found = diebold_mariano(differences, overlap=overlap)

    statistic, p_value = reference_diebold_mariano(differences.tolist(), overlap)
    error = found.mean / statistic
    assert found.p_value == pytest.approx(p_value, rel=1e-9)
    assert found.upper - found.mean == pytest.approx(abs(error) * stats.t.ppf(0.975, 29), rel=1e-9)
    assert found.lower + found.upper == pytest.approx(2 * found.mean)


def test_diebold_mariano_without_overlap_is_the_paired_t_test():
    first, second = np.random.default_rng(0).normal(size=(2, 12))

    found = diebold_mariano(first - second)

    expected = stats.ttest_rel(first, second)
    assert found.p_value == pytest.approx(expected.pvalue, rel=1e-9)
    assert (found.lower, found.upper) == pytest.approx(expected.confidence_interval(0.95))


def test_a_negative_variance_is_weighted_down():
    turning = np.array([1.0, -1, 1, -1, 1, -1, 1, -1, 1, -1]) + 0.1

    found = diebold_mariano(turning, overlap=2)

    covariances = [1.0, -0.9]
    variance = (covariances[0] + 2 * 0.5 * covariances[1]) / 10
    error = math.sqrt(variance / ((10 + 1 - 4 + 0.2) / 10))
    assert found.p_value == pytest.approx(2 * stats.t.sf(0.1 / error, 9), rel=1e-9)


@pytest.mark.parametrize(("count", "overlap", "most"), [(8, 1, 0.08), (24, 1, 0.08), (24, 2, 0.1)])
def test_diebold_mariano_finds_what_is_not_there_in_one_case_of_twenty(count, overlap, most):
    generator = np.random.default_rng(0)

    found = share_found(
        lambda drawn: diebold_mariano(drawn, overlap=overlap),
        lambda: overlapping(generator, count, overlap),
        times=1000,
    )

    assert 0.03 < found < most


def test_diebold_mariano_finds_what_is_there():
    generator = np.random.default_rng(0)

    found = share_found(diebold_mariano, lambda: generator.normal(1, 1, 24))

    assert found > 0.95  # 0.998 by the noncentral t distribution


@pytest.mark.parametrize("noise", ["normal", "exponential"])
def test_bootstrap_finds_what_is_not_there_in_one_case_of_twenty(noise):
    generator = np.random.default_rng(0)
    draw = {
        "normal": lambda: generator.normal(size=40),
        "exponential": lambda: generator.exponential(size=40) - 1,
    }[noise]

    found = share_found(paired_bootstrap, draw)

    assert 0.02 < found < 0.09  # 400 cases: two standard errors are 0.022


def test_bootstrap_finds_what_is_there_and_its_interval_holds_it():
    generator = np.random.default_rng(0)
    cases = [paired_bootstrap(generator.normal(0.7, 1, 40), seed=seed) for seed in range(200)]

    assert fmean(case.p_value <= 0.05 for case in cases) > 0.95
    assert 0.9 < fmean(case.lower < 0.7 < case.upper for case in cases) < 0.99


def test_bootstrap_is_near_the_t_test_where_that_holds():
    differences = np.random.default_rng(1).normal(0.1, 1, 500)

    found = paired_bootstrap(differences)

    expected = stats.ttest_1samp(differences, 0)
    assert found.p_value == pytest.approx(expected.pvalue, abs=0.03)
    assert found.lower == pytest.approx(expected.confidence_interval().low, abs=0.01)


def test_bootstrap_is_the_plain_loop():
    differences = np.random.default_rng(2).normal(0.3, 1, 25)

    found = paired_bootstrap(differences, seed=7)

    def t(values, centre):
        return abs(fmean(values) - centre) / (np.std(values, ddof=1) / math.sqrt(len(values)))

    draws = np.random.default_rng(7).integers(25, size=(999, 25))
    ratios = [t(differences[draw], fmean(differences)) for draw in draws]
    reached = sum(ratio >= t(differences, 0) for ratio in ratios)
    assert found.p_value == (1 + reached) / 1000
    bound = sorted(ratios)[949] * np.std(differences, ddof=1) / 5
    assert found.upper == pytest.approx(found.mean + bound, rel=1e-12)


def test_interval_and_p_value_say_the_same():
    generator = np.random.default_rng(3)
    for shift in np.linspace(0, 1, 40):
        found = paired_bootstrap(generator.normal(shift, 1, 20))

        assert (found.p_value <= 0.05) == (not found.lower < 0 < found.upper)


@pytest.mark.parametrize("test", [diebold_mariano, paired_bootstrap])
def test_without_any_spread_there_is_no_doubt(test):
    assert test(np.full(25, 2.0)).p_value == 0
    assert test(np.zeros(25)).p_value == 1


def backtest_of(errors):
    """Errors [models, items, origins, steps] as a backtest; the actual value is always 0."""
    rows = [
        (model, item, 10 + 2 * origin, 10 + 2 * origin, step + 1, error, 0.0, 1.0, 1.0, error)
        for model, by_item in errors.items()
        for item, by_origin in enumerate(by_item)
        for origin, by_step in enumerate(by_origin)
        for step, error in enumerate(by_step)
    ]
    names = ["model", "item", "origin", "cutoff", "step", "forecast", "actual"]
    names += ["error_scale", "root_error_scale", "q0.5"]
    return pl.DataFrame(rows, schema=names, orient="row")


def random_backtest(items, origins, *, shift=0.0, seed=0):
    shape = (items, origins, 2)
    generator = np.random.default_rng(seed)
    network = generator.gamma(4, 1, shape)
    return backtest_of({"network": network, "naive": generator.gamma(4, 1, shape) + shift})


def compared(table, **options):
    return compare(table, TASK, models=("network", "naive"), metric="mase", **options)


def test_many_series_are_drawn_as_wholes():
    table = random_backtest(30, 3, shift=1.5)

    found = compared(table, seed=4)

    errors = table.group_by("model", "item").agg(pl.col("forecast").mean()).sort("item")
    network, naive = (errors.filter(model=m)["forecast"].to_numpy() for m in ("network", "naive"))
    expected = paired_bootstrap(network - naive, seed=4)
    assert (found.unit, found.count, found.words) == ("series", 30, MORE)
    assert found.difference == pytest.approx(expected.mean)
    assert (found.lower, found.upper) == pytest.approx((expected.lower, expected.upper))
    assert found.p_value == expected.p_value


def test_the_windows_of_few_series_are_averaged_in_order():
    table = random_backtest(3, 8, shift=1.5)

    found = compared(table)

    means = table.group_by("model", "origin").agg(pl.col("forecast").mean()).sort("origin")
    network, naive = (means.filter(model=m)["forecast"].to_numpy() for m in ("network", "naive"))
    expected = diebold_mariano(network - naive)
    assert (found.unit, found.count) == ("windows", 8)
    assert found.p_value == pytest.approx(expected.p_value)


def test_windows_that_overlap_are_told_from_those_that_do_not():
    table = random_backtest(1, 16).with_columns(pl.col("origin", "cutoff") // 2 + 5)

    found = compared(table)

    means = table.group_by("model", "origin").agg(pl.col("forecast").mean()).sort("origin")
    network, naive = (means.filter(model=m)["forecast"].to_numpy() for m in ("network", "naive"))
    assert found.p_value == pytest.approx(diebold_mariano(network - naive, overlap=2).p_value)


def test_some_series_with_fewer_windows_are_compared_as_series():
    found = compared(random_backtest(12, 2))

    assert (found.unit, found.count, found.words) == ("series", 12, NO_MORE)


@pytest.mark.parametrize(("items", "origins"), [(4, 4), (1, 1), (3, 2)])
def test_few_forecasts_tell_nothing(items, origins):
    found = compared(random_backtest(items, origins))

    assert found.words == TOO_FEW
    assert found.p_value is None
    assert found.difference is not None


def test_windows_of_series_that_begin_at_other_times_are_matched_by_the_time_of_the_cutoff():
    table = random_backtest(2, 8)
    moved = table.with_columns(origin=pl.col("origin") + 100 * pl.col("item"))

    assert compared(moved) == compared(table)


def test_windows_of_a_series_that_ended_early_are_matched_by_the_time_of_the_cutoff():
    table = random_backtest(2, 8)
    last = table["cutoff"].max()
    table = table.filter((pl.col("item") == 0) | (pl.col("cutoff") < last))

    found = compared(table)

    means = table.group_by("model", "cutoff").agg(pl.col("forecast").mean()).sort("cutoff")
    network, naive = (means.filter(model=m)["forecast"].to_numpy() for m in ("network", "naive"))
    expected = diebold_mariano(network - naive)
    assert (found.unit, found.count) == ("windows", 8)
    assert found.p_value == pytest.approx(expected.p_value)


def test_cutoffs_of_other_series_in_between_make_windows_overlap():
    table = random_backtest(2, 12)
    between = table.with_columns(cutoff=pl.col("cutoff") + pl.col("item"))

    found = compared(between)

    means = between.group_by("model", "cutoff").agg(pl.col("forecast").mean()).sort("cutoff")
    network, naive = (means.filter(model=m)["forecast"].to_numpy() for m in ("network", "naive"))
    assert found.count == 24
    assert found.p_value == pytest.approx(diebold_mariano(network - naive, overlap=2).p_value)


def test_nothing_to_compare_is_too_little():
    found = compared(random_backtest(2, 2).clear())

    assert (found.words, found.difference, found.count) == (TOO_FEW, None, 0)


def test_the_other_way_round_is_the_other_sign():
    table = random_backtest(25, 2)

    there = compared(table)
    back = compare(table, TASK, models=("naive", "network"), metric="mase")

    assert back.difference == pytest.approx(-there.difference)
    assert back.p_value == there.p_value


def test_the_same_seed_gives_the_same_and_another_nearly_the_same():
    table = random_backtest(25, 2, shift=0.4)

    first, again, other = (compared(table, seed=seed) for seed in (1, 1, 2))

    assert first == again
    assert first.lower != other.lower
    assert first.p_value == pytest.approx(other.p_value, abs=0.05)


@pytest.mark.parametrize("metric", ["mae", "quantile_loss", "rmse"])
def test_any_metric_can_be_compared(metric):
    found = compare(random_backtest(25, 2), TASK, models=("network", "naive"), metric=metric)

    assert found.metric == metric
    assert found.lower < found.difference < found.upper


def test_more_certain_differences_have_smaller_p_values():
    p_values = [compared(random_backtest(1, 20, shift=shift)).p_value for shift in (1, 2, 3)]

    assert all(less < more for more, less in pairwise(p_values))
