"""Own series among those that are simulated."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecast_rnn.neural.pretraining.crops import Material, draw_crops
from forecast_rnn.neural.pretraining.samples import draw_ahead, draw_sample
from forecast_rnn.neural.pretraining.windows import Sample
from forecast_rnn.prior.zeroshot import Flat

CHOICE = 1
"""Tells the draw of what a batch is made of from those of its content."""


@dataclass(frozen=True, slots=True)
class Own:
    """Series of one's own, and how often a batch is drawn from them.

    Attributes:
        material: The series.
        share: Of the batches, between 0 and 1.
    """

    material: Material
    share: float

    def sha256(self) -> str:
        """Return what tells these series from others."""
        digest = hashlib.sha256()
        parts = self.material
        for part in (parts.values, parts.first, parts.length, parts.season, parts.second):
            digest.update(np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()


def joined(series: Sequence[Flat]) -> Material:
    """Return the series of several files as one material."""
    rows = np.cumsum([0, *(len(one.values) for one in series)])
    bounds = [one.indptr[1:] + begin for one, begin in zip(series, rows[:-1], strict=True)]
    counts = [len(one.indptr) - 1 for one in series]
    season, second = (
        np.concatenate([np.full(count, part) for part, count in zip(parts, counts, strict=True)])
        for parts in ([one.season for one in series], [one.second for one in series])
    )
    values = np.concatenate([one.values for one in series])
    return Material.of(Flat(values, np.concatenate([[0], *bounds]), season, second))


def draw_batch(seed: int, step: int, own: Own | None) -> Sample:
    """Draw the batch of a step: of simulated series, or of one's own."""
    rng = np.random.default_rng([seed, step, CHOICE])
    if own is None or rng.random() >= own.share:
        return draw_sample(seed, step)
    horizon = draw_ahead(rng, int(np.median(own.material.length)))
    return draw_crops(own.material, horizon=horizon, seed=seed, step=step)
