"""The same table gives the same scores, to the last digit."""

import numpy as np
import polars as pl

from forecast_rnn.config import Task
from forecast_rnn.evaluation.metrics import series_scores
from forecast_rnn.tables import quantile_columns


def test_scores_of_many_groups_are_the_same_each_time():
    # From some number of groups on, Polars has an engine whose sums depend on its threads.
    generator = np.random.default_rng(0)
    size, groups, levels = 100_000, 20_000, (0.1, 0.5, 0.8)
    task = Task(horizon=10, season_length=1, quantile_levels=levels)
    columns = {
        name: generator.normal(size=size) for name in ("forecast", *quantile_columns(levels))
    }
    table = pl.DataFrame(
        {
            "model": ["network"] * size,
            "item": np.arange(size) % groups,
            "step": np.arange(size) % 10,
            "actual": generator.normal(size=size),
            "error_scale": [1.0] * size,
            "root_error_scale": [1.0] * size,
            **columns,
        }
    )

    first, *others = (series_scores(table, task, by=("step", "item")) for _ in range(5))

    assert all(other.equals(first) for other in others)
