"""Blocks of simulated series: of one season, one length, and kinds mixed."""

from dataclasses import dataclass

import numpy as np

from forecast_rnn.prior.arrays import Floats, Ints
from forecast_rnn.prior.simulator import links, seasons
from forecast_rnn.prior.simulator.families import FAMILIES, economic
from forecast_rnn.prior.simulator.noise import Generator, chosen, log_uniform

SECONDS = {24: (168,), 48: (336,), 96: (672,), 7: (365, 364, 30), 12: (120,), 144: (1008,)}
"""Second seasons by season."""

MINGLED = 0.08
"""Share of series that are the mean of themselves and another."""

FLIPPED = 0.04
"""Share of series that are turned upside down."""


@dataclass(frozen=True, slots=True)
class Block:
    """What series of a block have in common.

    Attributes:
        series: How many, S.
        rows: How long, N.
        season: Rows in a season, 1 for none.
        second: Rows in a second season that some of them have, 0 for none.
    """

    series: int
    rows: int
    season: int
    second: int = 0


MOVING = {1: 0.95, 4: 0.85, 12: 0.7, 52: 0.5}
OFTEN_MOVING = 0.25
"""Share of the blocks of a season that are ruled by level and trend; of other seasons."""

GROWING = {1: 0.6, 4: 0.45}
OFTEN_GROWING, SELDOM_GROWING = 0.4, 0.06
"""Share of economic series in blocks that move, by season and of others; in blocks that stay."""


def simulate(rng: Generator, block: Block) -> tuple[Floats, Ints]:
    """Return series [S, N], NaN where missing, and the second season each is told of, [S].

    Most that have a second season are told of it, and so are some that have none.
    """
    series, rows, season = block.series, block.rows, block.season
    paths = _paths(rng, block)
    has = np.zeros((series, 1))
    if block.second:
        has = chosen(rng, 0.75, series)
        size = has * log_uniform(rng, 0.2, 2.5, series) * paths.std(axis=1, keepdims=True)
        second = seasons.second_seasonal(rng, series, rows, season, block.second)
        times = chosen(rng, 0.3, series) * 0.5 * second.clip(-2, 2)
        paths = paths * (1 + has * times) + size * second
    if season > 1 and rng.random() < 0.3:
        paths = paths + _holidays(rng, block) * paths.std(axis=1, keepdims=True)
    values = links.blemished(rng, links.linked(rng, paths, season))
    values = np.where(chosen(rng, FLIPPED, series) > 0, -values, values)
    told = np.where(has > 0, rng.random((series, 1)) < 0.9, rng.random((series, 1)) < 0.5)
    return links.thinned(rng, values), (told[:, 0] * block.second).astype(np.int64)


def _holidays(rng: Generator, block: Block) -> Floats:
    year = block.second or {7: 365, 52: 52, 12: 12, 4: 4}.get(block.season, block.season)
    size = chosen(rng, 0.4, block.series) * log_uniform(rng, 0.3, 4, block.series)
    return size * seasons.holidays(rng, block.series, block.rows, max(year, 8))


def _paths(rng: Generator, block: Block) -> Floats:
    series, rows, season = block.series, block.rows, block.season
    moving = bool(rng.random() < MOVING.get(season, OFTEN_MOVING))
    grown = GROWING.get(season, OFTEN_GROWING) if moving else SELDOM_GROWING
    shares = np.array([0.4, 0.22, 0.23, 0.15]) * (1 - grown)
    kind = rng.choice(5, series, p=[*shares, grown])
    paths = np.empty((series, rows))
    for number, family in enumerate((*FAMILIES, economic)):
        mine = np.flatnonzero(kind == number)
        if len(mine):
            paths[mine] = family(rng, len(mine), rows, season, moving)
    mingled = rng.random(series) < MINGLED
    deviation = paths / (paths.std(axis=1, keepdims=True) + 1e-9)
    other = deviation[rng.permutation(series)]
    return np.where(mingled[:, None], (deviation + other) / 2, paths)
