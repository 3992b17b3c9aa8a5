"""Which seasons and lengths are simulated."""

import numpy as np

from forecast_rnn.prior.simulator.blocks import SECONDS, Block
from forecast_rnn.prior.simulator.noise import Generator

SEASONS = {
    1: 2.6,
    4: 1.6,
    12: 2.2,
    7: 1.7,
    24: 1.5,
    52: 0.9,
    5: 0.4,
    6: 0.3,
    10: 0.2,
    30: 0.3,
    48: 0.4,
    60: 0.2,
    96: 0.4,
    144: 0.2,
    168: 0.4,
    288: 0.2,
    336: 0.1,
}
"""Seasons that are inferred from times, and how often each is simulated."""

JITTERED = 0.08
"""Share of blocks whose season is any other number of rows."""

LEAST_ROWS, MOST_ROWS = 5, 4000

USUAL = {1: (5, 400), 4: (8, 250), 12: (16, 800), 52: (50, 1200), 7: (10, 2500)}
"""Rows that series of a season usually have; of others, one to 60 seasons."""


def draw_rows(rng: Generator) -> int:
    """Draw how many rows histories of a batch have, log-uniform but fewer of the longest."""
    if rng.random() < 0.75:
        return int(np.exp(rng.uniform(np.log(LEAST_ROWS), np.log(320))))
    return int(np.exp(rng.uniform(np.log(120), np.log(MOST_ROWS))))


def draw_season(rng: Generator, rows: int) -> int:
    """Draw a season that series of so many rows may have."""
    weights = {}
    for season, weight in SEASONS.items():
        low, high = USUAL.get(season, (season, 60 * season))
        off = max(low / rows, rows / high, 1.0)
        if 1.4 * rows >= season:
            weights[season] = weight / off**2
    names, shares = list(weights), np.array(list(weights.values()))
    season = int(rng.choice(names, p=shares / shares.sum()))
    if rng.random() < JITTERED and season > 1:
        season = int(np.clip(np.rint(season * np.exp(rng.normal(0, 0.3))), 2, max(2, rows)))
    return season


def draw_block(rng: Generator, series: int, rows: int, ahead: int) -> Block:
    """Draw season and second season of a block.

    Args:
        rng: Drawn from.
        series: How many.
        rows: Rows of the histories.
        ahead: Rows after them.
    """
    season = draw_season(rng, rows)
    seconds = [second for second in SECONDS.get(season, ()) if rows >= 1.1 * second]
    second = int(rng.choice(seconds)) if seconds and rng.random() < 0.75 else 0
    return Block(series, rows + ahead, season, second)
