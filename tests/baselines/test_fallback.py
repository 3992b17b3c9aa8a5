"""What stands in for the network: laws, and plain loops over one origin at a time."""

import math
from functools import partial
from statistics import NormalDist

import numpy as np
import polars as pl
import pytest

from forecast_rnn.baselines import seasonal_naive
from forecast_rnn.baselines.fallback import (
    about_fallback,
    fallback_quantiles,
    seasonal_table,
    with_fallback,
)
from forecast_rnn.config import Task
from forecast_rnn.data.panels.origins import last, located
from forecast_rnn.tables import forecast_columns, forecast_table, quantile_columns
from tests.panels import NAN, panel_of

LEVELS = (0.1, 0.25, 0.5, 0.9)
NOISE = np.random.default_rng(0)
SERIES = (
    [1, 2, 3, 4, 5, 6, 7],
    [NAN, 2, NAN, NAN, 5, NAN, NAN],
    [3],
    [NAN] * 3,
    [],
    [0.1] * 40 + [NAN] * 9,
    [*NOISE.gamma(2.0, size=50), NAN, NAN, NAN, NAN],
    [*NOISE.normal(size=30), NAN, *NOISE.normal(size=30), NAN],
    [*NOISE.normal(size=4), *[NAN] * 20],
)


def errors_of(known, lag):
    pairs = zip(known, known[lag:], strict=False)
    return [late - early for early, late in pairs if not math.isnan(late - early)]


def reference_spread(known, seasons, used, task):
    levels = task.quantile_levels
    needed = round(1 / min(levels[0], 1 - levels[-1]), 6)
    for fewer in sorted({*used, *(2**power for power in range(9))}, reverse=True):
        errors = errors_of(known, fewer * task.season_length)
        if fewer <= seasons and len(errors) >= needed:
            return np.quantile(errors, levels) * math.sqrt(seasons / fewer)
    errors = errors_of(known, task.season_length)
    observed = [value for value in known if not math.isnan(value)]
    apart = math.sqrt(2) * np.mean(np.abs(observed - np.median(observed)))
    size = np.mean(np.abs(errors)) if errors else apart
    deviation = size * math.sqrt(math.pi / 2 * seasons)
    return np.array([deviation * NormalDist().inv_cdf(level) for level in levels])


def reference(known, task):
    """Quantiles [H, Q] after the last of the known values."""
    season, quantiles = task.season_length, np.full((task.horizon, len(task.quantile_levels)), NAN)
    observed = [place for place, value in enumerate(known) if not math.isnan(value)]
    targets = range(len(known), len(known) + task.horizon) if observed else ()
    alike = [[place for place in observed if (at - place) % season == 0] for at in targets]
    sources = [(places or observed)[-1] for places in alike]
    ahead = [math.ceil((at - s) / season) for at, s in zip(targets, sources, strict=True)]
    for step, source in enumerate(sources):
        spread = reference_spread(known, ahead[step], ahead, task)
        for number, level in enumerate(task.quantile_levels):
            side = (level > 0.5) - (level < 0.5)
            quantiles[step, number] = known[source] + side * max(0, side * spread[number])
    low = min((known[place] for place in observed), default=NAN)
    return np.maximum(quantiles, 0) if low >= 0 else quantiles


@pytest.mark.parametrize("levels", [LEVELS, (0.5,), (0.01, 0.5, 0.99)])
@pytest.mark.parametrize("season_length", [1, 2, 7, 60])
def test_quantiles_are_those_of_a_plain_loop(season_length, levels):
    task = Task(horizon=9, season_length=season_length, quantile_levels=levels)
    panel = panel_of(*SERIES)
    rows = np.arange(len(panel.values))

    quantiles = fallback_quantiles(panel, rows, task)

    for row in rows:
        first = panel.indptr[panel.item_of(np.array([row]))[0]]
        expected = reference(list(panel.values[first : row + 1]), task)
        np.testing.assert_allclose(quantiles[row], expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("season_length", [1, 7])
def test_the_median_is_the_seasonal_naive_and_quantiles_do_not_cross(season_length):
    task = Task(horizon=5, season_length=season_length, quantile_levels=LEVELS)
    panel = panel_of(*SERIES)
    rows = np.arange(len(panel.values))

    quantiles = fallback_quantiles(panel, rows, task)

    np.testing.assert_array_equal(quantiles[..., 2], seasonal_naive(panel, rows, task))
    known = quantiles[~np.isnan(quantiles).any(axis=2)]
    assert (np.diff(known, axis=-1) >= 0).all()
    assert (np.isnan(quantiles).any(axis=2) == np.isnan(quantiles).all(axis=2)).all()


def test_data_that_are_never_negative_get_no_negative_quantile_and_others_may():
    task = Task(horizon=60, season_length=1, quantile_levels=LEVELS)
    counts = [0, 3, 1, 0, 2, 5, 0, 1, 0, 0, 4, 1]
    panel = panel_of(counts, [value - 1 for value in counts])

    low = fallback_quantiles(panel, last(panel), task)[..., 0]

    assert (low[0] >= 0).all()
    assert low[1].min() < -1


@pytest.mark.parametrize("series", [[0.1] * 60, [0.1], [0.1] * 3, [0.1, NAN, 0.1]])
def test_a_constant_series_gets_intervals_of_width_0(series):
    task = Task(horizon=8, season_length=7)
    panel = panel_of([*series, *[NAN] * 30])

    quantiles = fallback_quantiles(panel, last(panel), task)

    assert (quantiles == 0.1).all()


def test_with_few_errors_intervals_widen_with_the_root_of_the_seasons_ahead():
    task = Task(horizon=6, season_length=2, quantile_levels=(0.1, 0.5, 0.9))
    panel = panel_of([5, -5, 6, -4, 4, -6, NAN, NAN])

    quantiles = fallback_quantiles(panel, last(panel), task)[0]

    width = quantiles[:, 2] - quantiles[:, 0]
    np.testing.assert_allclose((width / width[0]) ** 2, [1, 1, 1.5, 1.5, 2, 2])


def test_what_comes_after_the_origin_changes_nothing():
    task = Task(horizon=3, season_length=2, quantile_levels=LEVELS)
    series = list(np.random.default_rng(2).normal(size=40))
    rows = np.array([5, 25])

    one = fallback_quantiles(panel_of([*series[:26], *[1e9] * 14]), rows, task)
    other = fallback_quantiles(panel_of(series), rows, task)

    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("factor", [1e-12, 1e3, 1e200])
def test_units_do_not_matter(factor):
    task = Task(horizon=3, season_length=2, quantile_levels=LEVELS)
    panel, scaled = panel_of(*SERIES), panel_of(*(np.multiply(s, factor) for s in SERIES))
    rows = last(panel)

    quantiles = fallback_quantiles(scaled, rows, task)

    np.testing.assert_allclose(quantiles / factor, fallback_quantiles(panel, rows, task), rtol=1e-9)


def noise_around_a_season(noise):
    return noise + np.array([10, 20, 30, 40])


def walk_of_each_season(noise):
    return np.cumsum(noise, axis=1)


def walk_that_rises(noise):
    return np.cumsum(noise + 0.5, axis=1)


@pytest.mark.parametrize("of", [noise_around_a_season, walk_of_each_season, walk_that_rises])
def test_intervals_cover_what_they_say_of_skewed_data_after_a_gap(of):
    noise = np.random.default_rng(3).gamma(1.0, size=(400, 100, 4)) - 1
    series = of(noise).reshape(400, 400) + 1000
    task = Task(horizon=12, season_length=4)
    panel = panel_of(*(np.append(values[:360], [NAN] * 8) for values in series))

    quantiles = fallback_quantiles(panel, last(panel), task)

    actual = series[:, 368:380]
    inside = (quantiles[..., 0] <= actual) & (actual <= quantiles[..., -1])
    assert 0.76 < inside.mean() < 0.84


TASK = Task(horizon=2, season_length=1, quantile_levels=(0.1, 0.5, 0.9))
STAND_IN = partial(seasonal_table, task=TASK)


def network_table(panel, rows, quantiles):
    return forecast_table(
        "network",
        located(panel, rows),
        quantiles[..., 1],
        columns=forecast_columns(TASK),
        values=quantiles,
    )


def test_only_origins_with_a_gap_are_filled_and_whole_and_in_place():
    panel = panel_of([4, 4, 4], [NAN, NAN], [7, 7, NAN], [1, 2, 3])
    rows = last(panel)
    quantiles = np.full((4, 2, 3), 50.0)
    quantiles[1:3] = NAN
    quantiles[3, 1, 2] = np.inf

    table, filled = with_fallback(
        network_table(panel, rows, quantiles), panel, rows, TASK, STAND_IN
    )

    assert panel.item_of(filled).tolist() == [2, 3]
    assert table["item"].to_list() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert table["step"].to_list() == [1, 2] * 4
    assert table["forecast"].to_list() == [50, 50, None, None, 7, 7, 3, 3]
    assert table["q0.9"].to_list()[:6] == [50, 50, None, None, 7, 7]
    assert table["model"].unique().to_list() == ["network"]


def test_a_table_without_gaps_or_without_rows_is_left_as_it_is():
    panel = panel_of([4, 4, 4])
    for rows in (last(panel), np.empty(0, dtype=np.int64)):
        table = network_table(panel, rows, np.full((len(rows), 2, 3), 50.0))

        after, filled = with_fallback(table, panel, rows, TASK, STAND_IN)

        assert after.equals(table)
        assert not len(filled)
        assert after.schema == table.schema
        assert after.columns[-3:] == quantile_columns(TASK.quantile_levels)
        assert after["step"].dtype == pl.Int32


def test_reasons_are_told_apart_and_at_most_five_names_are_told():
    panel = panel_of(*[[1, NAN, NAN]] * 7, [1, 2, 3])

    sentences = about_fallback(panel, last(panel), 2, Task(horizon=1, season_length=12))

    assert sentences == (
        "7 series were forecast by the seasonal naive, for the last 2 rows hold no value: "
        "a, b, c, d, e and 2 more.",
        "1 series was forecast by the seasonal naive, for the network has no finite forecast: h.",
    )
    assert about_fallback(panel, last(panel)[:0], 2, TASK) == ()


def test_without_a_season_the_method_is_called_by_its_name():
    panel = panel_of([1, NAN])

    (sentence,) = about_fallback(panel, last(panel), 6, TASK)

    assert "by the naive forecast (last value), for the network has no finite forecast" in sentence
