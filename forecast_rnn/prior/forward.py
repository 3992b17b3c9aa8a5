"""The network of a prior in NumPy: the same numbers as in training, without torch.

Letters: B series, T rows of each, D width of the state, R origins, H steps of each, K base
forecasts, Q quantile levels. All is float32, as in training.
"""

from collections.abc import Callable, Mapping

import numpy as np

from forecast_rnn.prior.arrays import Floats32, Ints
from forecast_rnn.prior.bases import NAMES
from forecast_rnn.prior.design import MEDIAN, Design
from forecast_rnn.prior.inputs import Steps

Weights = Mapping[str, Floats32]

NORM_EPSILON = float(np.finfo(np.float32).eps)
"""What the norm adds to a mean square, as `torch.nn.RMSNorm` has it."""


def states(design: Design, weights: Weights, read: Floats32) -> Floats32:
    """Return what the head knows after every row, [B, T, C] -> [B, T, D + C]."""
    scan = _SCANS[design.cell]
    # Time first, so that a step reads and writes rows that lie together.
    hidden = _linear(weights, "embed", np.ascontiguousarray(read.swapaxes(0, 1)))
    for layer in range(design.layers):
        prefix = f"layers.{layer}"
        normed = _norm(weights[f"{prefix}.norm.weight"], hidden)
        hidden += scan(weights, f"{prefix}.cell", normed)
    normed = _norm(weights["norm.weight"], hidden).swapaxes(0, 1)
    return np.concatenate([normed, read], axis=-1)


def quantiles(weights: Weights, known: Floats32, steps: Steps) -> Floats32:
    """Return quantiles less the reference, in sizes, [R, H, Q], of what is known [R, D + C]."""
    at_origin = _linear(weights, "origin", np.concatenate([known, steps.trials], axis=-1))
    inner = _silu(at_origin[:, None] + steps.told @ weights["step.weight"].T)
    inner += _silu(_linear(weights, "middle", inner))
    out = _linear(weights, "output", inner)
    logits = out[..., : len(NAMES)] + steps.usable
    logits[..., 1:] -= (weights["trust"][1:] * steps.trials[:, 1:-1])[:, None]
    logits = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares = logits / logits.sum(axis=-1, keepdims=True)
    middle = (shares * steps.ahead).sum(axis=-1, keepdims=True)
    return _ordered(middle, out[..., len(NAMES) :])


def _ordered(middle: Floats32, corrections: Floats32) -> Floats32:
    """Return a median and what lies at positive distances below and above it."""
    apart = np.logaddexp(0, corrections)
    found = np.empty_like(corrections)
    median = middle[..., 0] + corrections[..., MEDIAN]
    found[..., MEDIAN] = median
    below = apart[..., :MEDIAN].cumsum(axis=-1)[..., ::-1]
    found[..., :MEDIAN] = median[..., None] - below
    found[..., MEDIAN + 1 :] = median[..., None] + apart[..., MEDIAN + 1 :].cumsum(axis=-1)
    return found


def at_rows(known: Floats32, series: Ints, rows: Ints) -> Floats32:
    """Return what is known at rows [R] of series [R], [B, T, D] -> [R, D]."""
    picked: Floats32 = known[series, rows]
    return picked


def _gru(weights: Weights, name: str, x: Floats32) -> Floats32:
    """Take all steps of a GRU, as `neural.cells.gru` writes them, [T, B, D] -> [T, B, D]."""
    w_h, b_h = (weights[f"{name}.weights.{part}_hh_l0"] for part in ("weight", "bias"))
    projected = _linear_of(weights, name, x)
    width = w_h.shape[1]
    split = 2 * width
    recurrent = np.ascontiguousarray(w_h.T)
    states = np.empty((*x.shape[:2], width), np.float32)
    h = np.zeros_like(states[0])
    for now, out in zip(projected, states, strict=True):
        u = h @ recurrent
        u += b_h
        gates = _sigmoid(now[:, :split] + u[:, :split])
        candidate = np.tanh(now[:, split:] + gates[:, :width] * u[:, split:])
        h = candidate + gates[:, width:] * (h - candidate)
        out[:] = h
    return states


def _lstm(weights: Weights, name: str, x: Floats32) -> Floats32:
    """Take all steps of an LSTM, as `neural.cells.lstm` writes them, [T, B, D] -> [T, B, D]."""
    w_h, b_h = (weights[f"{name}.weights.{part}_hh_l0"] for part in ("weight", "bias"))
    projected = _linear_of(weights, name, x) + b_h
    recurrent = np.ascontiguousarray(w_h.T)
    states = np.empty((*x.shape[:2], w_h.shape[1]), np.float32)
    h, c = np.zeros_like(states[0]), np.zeros_like(states[0])
    for now, out in zip(projected, states, strict=True):
        i, f, g, o = np.split(now + h @ recurrent, 4, axis=-1)
        c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
        h = _sigmoid(o) * np.tanh(c)
        out[:] = h
    return states


def _mingru(weights: Weights, name: str, x: Floats32) -> Floats32:
    """Take all steps of a minGRU, as `neural.cells.mingru` writes them, [T, B, D] -> [T, B, D]."""
    z, candidate = np.split(_linear(weights, f"{name}.input", x), 2, axis=-1)
    z = _sigmoid(z)
    added, kept = z * candidate, 1 - z
    h = np.zeros_like(added[0])
    for b, a in zip(added, kept, strict=True):
        b += a * h
        h = b
    return added


_SCANS: dict[str, Callable[[Weights, str, Floats32], Floats32]] = {
    "gru": _gru,
    "lstm": _lstm,
    "mingru": _mingru,
}


def _linear_of(weights: Weights, name: str, x: Floats32) -> Floats32:
    w, b = (weights[f"{name}.weights.{part}_ih_l0"] for part in ("weight", "bias"))
    projected: Floats32 = x @ w.T + b
    return projected


def _linear(weights: Weights, name: str, x: Floats32) -> Floats32:
    projected: Floats32 = x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
    return projected


def _norm(weight: Floats32, x: Floats32) -> Floats32:
    square = np.einsum("...d,...d->...", x, x) / x.shape[-1]
    normed: Floats32 = x / np.sqrt(square + np.float32(NORM_EPSILON))[..., None] * weight
    return normed


def _sigmoid(x: Floats32) -> Floats32:
    """Return the logistic function; by tanh, which overflows nowhere."""
    half = np.float32(0.5)
    found: Floats32 = np.tanh(x * half) * half + half
    return found


def _silu(x: Floats32) -> Floats32:
    return x * _sigmoid(x)
