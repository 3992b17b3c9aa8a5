"""Second seasons: found where they are, and not where they are not."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels.seasons import second_season
from forecast_rnn.data.read import panel_from_frame

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def panel_of_values(series, every):
    frames = [
        pl.DataFrame(
            {
                "id": f"s{number}",
                "ds": [dt.datetime(2020, 1, 6) + every * step for step in range(len(values))],
                "y": values,
            }
        )
        for number, values in enumerate(series)
    ]
    return panel_from_frame(pl.concat(frames), Hints())[0]


def week_of_hours(generator, *, weekend, rows=24 * 7 * 5):
    hour = np.arange(rows)
    day = 3 * np.sin(2 * np.pi * hour / 24)
    return 20 + day - weekend * ((hour // 24) % 7 >= 5) + generator.normal(size=rows)


def year_of_days(generator, *, yearly, rows=1200):
    day = np.arange(rows)
    return (
        50
        + 2.0 * (day % 7 == 0)
        + yearly * np.sin(2 * np.pi * day / 365.25)
        + generator.normal(size=rows)
    )


def test_a_weekend_shows_in_hours():
    generator = np.random.default_rng(0)
    series = [week_of_hours(generator, weekend=6) for _ in range(3)]

    assert second_season(panel_of_values(series, HOUR), 24) == 168


def test_hours_without_a_week_have_none():
    generator = np.random.default_rng(0)
    series = [week_of_hours(generator, weekend=0) for _ in range(3)]

    assert second_season(panel_of_values(series, HOUR), 24) == 0


def test_a_summer_shows_in_days():
    generator = np.random.default_rng(0)

    assert second_season(panel_of_values([year_of_days(generator, yearly=5)], DAY), 7) == 364


@pytest.mark.parametrize("seed", range(5))
def test_a_random_walk_has_no_year(seed):
    walk = np.random.default_rng(seed).normal(size=1500).cumsum()

    assert second_season(panel_of_values([walk], DAY), 7) == 0


def test_series_of_less_than_a_season_and_a_half_have_none():
    generator = np.random.default_rng(0)

    assert (
        second_season(panel_of_values([year_of_days(generator, yearly=5, rows=500)], DAY), 7) == 0
    )


def test_one_outlier_hides_nothing():
    generator = np.random.default_rng(0)
    values = year_of_days(generator, yearly=5)
    values[700] = 1e6

    assert second_season(panel_of_values([values], DAY), 7) == 364


def test_other_seasons_have_no_longer_one():
    generator = np.random.default_rng(0)

    assert second_season(panel_of_values([year_of_days(generator, yearly=5)], DAY), 1) == 0
