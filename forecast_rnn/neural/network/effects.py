"""What is known beside the target, as the network takes it in."""

import math
from collections.abc import Sequence
from typing import final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from forecast_rnn.config import ModelConfig
from forecast_rnn.data.panels.calendar import SIZES, cyclic_features
from forecast_rnn.neural.network.covariates import Crop, Features
from forecast_rnn.neural.network.encoding import Encoding

MOST_EMBEDDED = 8
MOST_MIXTURES = 4
FACTORS = 8
HIDDEN = 16


@final
class Columns(nn.Module):
    """Numbers and codes side by side as features.

    Args:
        numbers: How many columns of numbers there are.
        tables: Of the first columns of codes, the features of each code, [codes, F]: the
            sine of an hour, say.
        sizes: Of the other columns of codes, how many codes there are. Each gets an
            embedding that starts at zero, so that a name never met changes nothing.
    """

    def __init__(
        self, numbers: int, tables: Sequence[NDArray[np.float32]], sizes: Sequence[int]
    ) -> None:
        super().__init__()
        self.tables = len(tables)
        for place, table in enumerate(tables):
            self.register_buffer(f"table_{place}", torch.from_numpy(table), persistent=False)
        self.embeddings = nn.ParameterList(
            nn.Parameter(torch.zeros(size, min(MOST_EMBEDDED, math.ceil(math.log2(size)) + 1)))
            for size in sizes
        )
        embedded = sum(weight.shape[1] for weight in (*self.fixed(), *self.embeddings))
        self.width = numbers + embedded

    def fixed(self) -> list[Tensor]:
        """Return the tables."""
        return [self.get_buffer(f"table_{place}") for place in range(self.tables)]

    def forward(self, features: Features) -> Tensor:
        """Return [..., width]."""
        weights = (*self.fixed(), *self.embeddings)
        codes = features.codes.unbind(-1)
        looked_up = [F.embedding(code, weight) for code, weight in zip(codes, weights, strict=True)]
        return torch.cat([features.numbers, *looked_up], dim=-1)


@final
class KnownEffect(nn.Module):
    """The effect of what is known of a row on its value: a small network, the same for all rows.

    It starts at zero. Static columns scale its parts, for what moves one kind of series may
    leave another as it is.

    Args:
        columns: What is known of a row.
        static_width: Features of a series, 0 without any.
    """

    def __init__(self, columns: Columns, static_width: int) -> None:
        super().__init__()
        self.columns = columns
        self.hidden = nn.Linear(columns.width, HIDDEN)
        self.output = nn.Linear(HIDDEN, FACTORS)
        nn.init.zeros_(self.output.weight)
        nn.init.zeros_(self.output.bias)
        self.tilt = nn.Parameter(torch.zeros(FACTORS, static_width))

    def forward(self, known: Features, static: Tensor) -> Tensor:
        """Return the effect on each row, [B, R] and [B, S] -> [B, R]."""
        parts = self.output(F.silu(self.hidden(self.columns(known))))
        gain = 1 + static @ self.tilt.T
        effect: Tensor = (parts * gain.unsqueeze(1)).sum(-1)
        return effect


@final
class CovariateEffects(nn.Module):
    """All that is known beside the target.

    Static columns and, for every window, a few mixtures of its past columns join what a
    recurrent step reads. Known columns, the calendar and holidays move the forecast: by
    their effect on the row that is forecast, less their effect on the row of the season
    that is repeated for it.

    Args:
        model: Gives the windows, and whether the calendar is read.
        encoding: Gives the columns.
        season: For each step of the horizon the row of the window that is repeated, [H].
    """

    season: Tensor

    def __init__(self, model: ModelConfig, encoding: Encoding, season: Tensor) -> None:
        super().__init__()
        self.window_length, self.stride = model.window_length, model.stride
        self.register_buffer("season", season, persistent=False)
        self.static = _columns(encoding, encoding.static)
        self.past = _columns(encoding, encoding.past)
        mixtures = min(MOST_MIXTURES, self.past.width)
        self.mixture = nn.Parameter(torch.randn(mixtures, self.past.width) / MOST_MIXTURES)
        fields = encoding.calendar if model.calendar else ()
        known = _columns(encoding, encoding.known, fields, encoding.holiday_sizes)
        self.effect = KnownEffect(known, self.static.width) if known.width else None
        self.width = self.static.width + mixtures * model.window_length

    def inputs(self, crop: Crop, steps: int) -> Tensor:
        """Return what joins the input of each of T steps, [B, T, width]."""
        static = self.static(crop.static).unsqueeze(1).expand(-1, steps, -1)
        past = self.past(crop.past) @ self.mixture.T
        windows = past.unfold(1, self.window_length, self.stride).flatten(2)
        return torch.cat([static, windows], dim=-1)

    def moves(self, crop: Crop) -> Tensor | None:
        """Return by how much known columns move each step's forecasts, [B, T, H]."""
        if self.effect is None:
            return None
        horizon = len(self.season)
        effect = self.effect(crop.known, self.static(crop.static))
        ahead = effect[:, self.window_length :].unfold(1, horizon, self.stride)
        windows = effect[:, :-horizon].unfold(1, self.window_length, self.stride)
        moves: Tensor = ahead - windows[..., self.season]
        return moves


def make_covariate_effects(
    model: ModelConfig, encoding: Encoding, season: Tensor
) -> CovariateEffects | None:
    """Build the part of a network that covariates and the calendar need; None without any."""
    calendar = encoding.calendar if model.calendar else ()
    if not (encoding.numbers or encoding.categorical or encoding.holiday_fields or calendar):
        return None
    return CovariateEffects(model, encoding, season)


def _columns(
    encoding: Encoding,
    role: Sequence[str],
    fields: Sequence[str] = (),
    sizes: Sequence[int] = (),
) -> Columns:
    tables = [cyclic_features(field, SIZES[field]) for field in fields]
    names = [len(encoding.vocabulary(name)) + 1 for name in encoding.code_columns(role)]
    return Columns(
        len(encoding.number_columns(role)),
        [table for table in tables if table is not None],
        [*sizes, *(max(2, size) for size in names)],
    )
