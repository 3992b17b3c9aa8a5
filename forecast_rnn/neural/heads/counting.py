"""What heads for counts share: their targets and the quantiles of whole numbers."""

import torch
from torch import Tensor

from forecast_rnn.neural.scaling.units import Units

SUMMED = 256
"""Up to so many counts probabilities are added up; what lies beyond is as good as continuous."""
FURTHEST_SCORE = 7.0
"""Normal score of the outermost level, 1e-12."""
_HALLEY_STEPS = 12


def counts_of(target: Tensor, units: Units) -> Tensor:
    """Return the whole numbers that were normalised to these targets."""
    return units.restore(target).round()


def count_quantiles(mean: Tensor, dispersion: Tensor, scores: Tensor) -> Tensor:
    """Return the least k with P(K ≤ k) at least the level of a normal score.

    K is negative binomial with variance μ + α μ²; with α = 0 it is Poisson. Probabilities
    are added up, each from the one before, P(k+1)/P(k) = μ (1 + α k) / ((k+1) (1 + α μ)).
    Quantiles beyond `SUMMED` are those of the shifted gamma distribution (Pearson's third
    type) with the same three first moments, rounded.

    Args:
        mean: μ, float64, [..., 1, H].
        dispersion: α, float64, [..., 1, H].
        scores: Float64; they broadcast against [..., N, H].

    Returns:
        Whole numbers, [..., N, H].
    """
    scores = scores.clamp(-FURTHEST_SCORE, FURTHEST_SCORE)
    scores = scores.expand(*mean.shape[:-2], scores.shape[-2], mean.shape[-1])
    sums = _cumulated(mean.squeeze(-2), dispersion.squeeze(-2))
    asked = torch.special.ndtr(scores).movedim(-2, -1).contiguous()
    counts = torch.searchsorted(sums, asked).movedim(-1, -2).to(mean.dtype)
    far = counts >= SUMMED
    if bool(far.any()):
        means, dispersions = mean.expand_as(scores)[far], dispersion.expand_as(scores)[far]
        smooth = _smooth_quantiles(means, dispersions, scores[far])
        counts[far] = (smooth - 0.5).ceil().clamp(min=SUMMED)
    return counts


def _cumulated(mean: Tensor, dispersion: Tensor) -> Tensor:
    """Return P(K ≤ k) for k = 0 … `SUMMED` - 1, [..., H] -> [..., H, K]."""
    k = torch.arange(SUMMED - 1, dtype=mean.dtype, device=mean.device)
    product = torch.log1p(dispersion * mean)
    zero = torch.where(dispersion > 0, product / dispersion, mean)
    ratio = torch.log1p(dispersion[..., None] * k) - torch.log1p(k)
    ratio = ratio + (mean.log() - product)[..., None]
    logs = torch.cat([-zero[..., None], ratio], dim=-1).cumsum(-1)
    return logs.exp().cumsum(-1)


def _smooth_quantiles(mean: Tensor, dispersion: Tensor, scores: Tensor) -> Tensor:
    """Return quantiles of the gamma distribution that has three moments of the counts, [n]."""
    variance = mean * (1 + dispersion * mean)
    size = (1 + 2 * dispersion * mean) / 2
    shape = variance / size**2
    return mean - shape * size + size * gamma_quantile(shape, scores)


def gamma_quantile(shape: Tensor, scores: Tensor) -> Tensor:
    """Return the quantile of the standard gamma distribution at the level of a normal score.

    Halley's method from the cube of Wilson and Hilferty (1931),
    https://doi.org/10.1073/pnas.17.12.684, or for a shape below 1 from the power law at 0.

    Args:
        shape: a > 0, float64, [n].
        scores: Float64, [n].
    """
    level = torch.special.ndtr(scores)
    cube = shape * (1 - 1 / (9 * shape) + scores / (3 * shape.sqrt())) ** 3
    power = ((level * torch.exp(torch.lgamma(shape + 1))).log() / shape).exp()
    x = torch.where((shape < 1) & (power < 0.5 * shape) | (cube <= 0), power, cube)
    x = x.clamp(min=1e-300)
    for _ in range(_HALLEY_STEPS):
        density = torch.exp((shape - 1) * x.log() - x - torch.lgamma(shape))
        step = (torch.special.gammainc(shape, x) - level) / density.clamp(min=1e-300)
        bend = (step * ((shape - 1) / x - 1)).clamp(max=1)
        x = torch.maximum(x - step / (1 - bend / 2), x / 2)
    return x
