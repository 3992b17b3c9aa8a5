"""What is known beside the target, on the device: by row, cut by origin like the values."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import torch
from torch import Tensor

from forecast_rnn.data.panels.calendar import almanac
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.series.covariates import Covariates
from forecast_rnn.neural.network.encoding import Encoding


@dataclass(frozen=True, slots=True)
class Features:
    """Columns as numbers and codes.

    Attributes:
        numbers: Scaled, missing as 0, float32, [..., n].
        codes: 0 for missing and new names, [..., k].
    """

    numbers: Tensor
    codes: Tensor

    def at(self, index: Tensor, inside: Tensor) -> "Features":
        """Return the rows of an index, [...] -> [..., n] and [..., k]; 0 outside."""
        index, inside = index.clamp(0, max(0, len(self.numbers) - 1)), inside.unsqueeze(-1)
        if not len(self.numbers):
            empty = (*index.shape, 0)
            return Features(self.numbers.new_zeros(empty), self.codes.new_zeros(empty))
        return Features(self.numbers[index] * inside, self.codes[index] * inside)


@dataclass(frozen=True, slots=True)
class Beside:
    """The covariates of a panel.

    Attributes:
        static: By item, [N].
        past: By row of the covariates, [R'].
        known: By row of the covariates, [R'].
        first: Place of each item's first row in these, [N].
        length: How many rows each item has there, [N].
        calendar: Codes of the calendar by row of the almanac, [S, K].
        holidays: Codes of the holidays by row of the almanac, [S, K'].
        offset: Place of each item's first row in those, [N].
    """

    static: Features
    past: Features
    known: Features
    first: Tensor
    length: Tensor
    calendar: Tensor
    holidays: Tensor
    offset: Tensor


@dataclass(frozen=True, slots=True)
class Crop:
    """The covariates of crops of L rows before a horizon of H.

    Attributes:
        static: Of the item, [B].
        past: Up to the origin, [B, L].
        known: Up to the end of the horizon, codes of the calendar first, [B, L + H].
    """

    static: Features
    past: Features
    known: Features


def load_beside(
    panel: Panel, encoding: Encoding, horizon: int, device: torch.device
) -> Beside | None:
    """Put the covariates and the calendar of a panel on a device; None if there are none."""
    covariates = panel.covariates
    if covariates is None and not encoding.calendar and not encoding.countries:
        return None
    if covariates is None:
        nothing = np.zeros(len(panel.order), np.int64)
        covariates = Covariates(pl.DataFrame(), pl.DataFrame(), nothing, nothing)
    names = dict(zip(encoding.countries, encoding.holidays, strict=True))
    book = almanac(panel, horizon, countries=encoding.countries, holiday_names=names)
    cyclic = [book.fields.index(field) for field in encoding.calendar]
    holidays = [book.fields.index(field) for field in encoding.holiday_fields]
    codes = torch.from_numpy(book.codes)
    return Beside(
        static=_features(covariates.static, encoding.static, encoding, device),
        past=_features(covariates.frame, encoding.past, encoding, device),
        known=_features(covariates.frame, encoding.known, encoding, device),
        first=torch.from_numpy(covariates.first).to(device),
        length=torch.from_numpy(covariates.lengths).to(device),
        calendar=codes[:, cyclic].to(device),
        holidays=codes[:, holidays].to(device),
        offset=torch.from_numpy(book.offset).to(device),
    )


def _features(
    frame: pl.DataFrame, role: Sequence[str], encoding: Encoding, device: torch.device
) -> Features:
    numbers = [encoding.scaled(name, frame[name]) for name in encoding.number_columns(role)]
    codes = [encoding.coded(name, frame[name]) for name in encoding.code_columns(role)]
    height = frame.height
    return Features(
        torch.from_numpy(np.stack(numbers, 1) if numbers else np.zeros((height, 0), np.float32)).to(
            device
        ),
        torch.from_numpy(np.stack(codes, 1) if codes else np.zeros((height, 0), np.int64)).to(
            device
        ),
    )


def crop_beside(
    beside: Beside, items: Tensor, origins: Tensor, *, reach: int, horizon: int, calendar: bool
) -> Crop:
    """Cut what the network may know at the origins.

    Args:
        beside: The covariates of the panel.
        items: Item of each origin, [B].
        origins: Position of each origin within its item, [B].
        reach: Rows up to and with the origin, L.
        horizon: Rows after it, H.
        calendar: Whether the network reads the calendar.
    """
    offsets = torch.arange(1 - reach, horizon + 1, device=items.device)
    position = origins[:, None] + offsets
    inside = (position >= 0) & (position < beside.length[items, None])
    index = beside.first[items, None] + position
    known = beside.known.at(index, inside)
    day = beside.offset[items, None] + position.clamp(min=0)
    books = [beside.calendar, beside.holidays] if calendar else [beside.holidays]
    codes = [book[day].long() for book in books if book.shape[1]]
    return Crop(
        static=beside.static.at(items, torch.ones_like(items, dtype=torch.bool)),
        past=beside.past.at(index[:, :reach], inside[:, :reach]),
        known=Features(known.numbers, torch.cat([*codes, known.codes], dim=-1)),
    )
