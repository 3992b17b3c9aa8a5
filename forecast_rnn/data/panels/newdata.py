"""How new data differ from those of training: refused or warned of before forecasting."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.columns.clock import format_times
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.series.covariates import rows_of
from forecast_rnn.data.time.frequency import Frequency
from forecast_rnn.data.words import counted, listed, shown
from forecast_rnn.errors import DataError

NAMES_SHOWN = 5
FAR = 100
"""A warning names series whose values are so many times as large, or as small, as at training."""


class Domain(Protocol):
    """The values that a network can take: a scale such as `neural.scaling.transform` has.

    Attributes:
        name: `log` for positive values, `log1p` for those from 0 on.
    """

    @property
    def name(self) -> str: ...  # noqa: D102

    def outside(self, values: NDArray[np.float64]) -> int:
        """Return how many values it cannot take."""


def check_frequency(panel: Panel, frequency: Frequency) -> None:
    """Refuse data of another frequency than that of training.

    Raises:
        DataError: with both.
    """
    if panel.frequency != frequency:
        raise DataError(
            f"the model was trained on steps of {frequency.every}, but the data have steps "
            f"of {panel.frequency.every}. Give data of that frequency, or train again."
        )


def with_ids_of_training(panel: Panel, known: Panel) -> tuple[Panel, tuple[str, ...]]:
    """Leave out id columns that training did not have and that tell no series apart.

    Raises:
        DataError: they tell series apart.
    """
    extra = [name for name in panel.items.columns if name not in known.items.columns]
    if not extra:
        return panel, ()
    kept = [name for name in panel.items.columns if name not in extra]
    if any(panel.items[name].n_unique() > 1 for name in extra):
        were = ", ".join(known.items.columns) or "none, for there was one series"
        raise DataError(
            f"the data name their series by {', '.join(panel.items.columns)}, but the id columns "
            f"at training were {were}. Leave out {listed(extra)}, or train again."
        )
    schema = replace(panel.schema, item_id=tuple(kept))
    warning = f"column {listed(extra)} was not there at training and is not used."
    return replace(panel, items=panel.items.select(kept), schema=schema), (warning,)


def check_lengths(panel: Panel, known: Panel, window_length: int) -> tuple[str, ...]:
    """Warn of series shorter than the window that the network reads, or than those of training.

    Raises:
        DataError: all series are.
    """
    trained = known.lengths()
    needed = min(window_length, int(np.median(trained[trained > 0])))
    lengths = panel.lengths()
    short = np.flatnonzero(lengths < needed)
    if not len(short):
        return ()
    names = panel.names()
    shown = listed([f"{names[item]} ({lengths[item]:,})" for item in short], NAMES_SHOWN)
    if len(short) == len(lengths):
        raise DataError(
            f"no series has the {needed:,} rows that the model needs of one at least: {shown}. "
            "Give more of the history, or train on series such as these."
        )
    have = "has" if len(short) == 1 else "have"
    return (
        f"{counted(len(short), 'series')} {have} fewer rows than the {needed:,} that the network "
        f"reads at once, so expect less of their forecasts: {shown}.",
    )


@dataclass(frozen=True, slots=True)
class Ranges:
    """The least and the greatest value of each item, NaN where there is none.

    Attributes:
        low: [N].
        high: [N].
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def with_rows(self, new: "Ranges", place: NDArray[np.int64]) -> "Ranges":
        """Return those of items that have grown by rows.

        Args:
            new: Of the new rows of some items, [N'].
            place: These items, each once, [N'].
        """
        low, high = self.low.copy(), self.high.copy()
        low[place], high[place] = np.fmin(low[place], new.low), np.fmax(high[place], new.high)
        return Ranges(low, high)


def ranges_of(panel: Panel) -> Ranges:
    """Find the least and the greatest value of each item."""
    low, high = np.full((2, len(panel.order)), np.nan)
    has_rows = panel.lengths() > 0
    first = panel.indptr[:-1][has_rows]
    low[has_rows] = np.fmin.reduceat(panel.values, first)
    high[has_rows] = np.fmax.reduceat(panel.values, first)
    return Ranges(low, high)


def about_new_data(panel: Panel, known: Panel, domain: Domain) -> tuple[str, ...]:
    """Say how new data differ from those of training, one sentence a difference."""
    place = place_at_training(panel, known)
    return (
        *_about_age(panel, known),
        *_about_new_series(panel, place),
        *about_values(panel, ranges_of(known), place, domain),
    )


def about_values(
    panel: Panel, known: Ranges, place: NDArray[np.int64], domain: Domain
) -> tuple[str, ...]:
    """Say how values differ from those that are known, one sentence a difference.

    Args:
        panel: New data.
        known: Of what they are compared with.
        place: The item of `known` that each of `panel` is; -1 for none, [N].
        domain: Of the network.
    """
    return (*_about_ranges(panel, known, place), *_about_signs(panel, domain))


def about_new_names(panel: Panel, vocabulary: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """Say which names covariates hold that training did not see, one sentence a column.

    Args:
        panel: The series, with the known columns of the steps ahead.
        vocabulary: The names that each categorical column held at training.
    """
    covariates = panel.covariates
    if covariates is None:
        return ()
    rows = np.arange(len(panel.values)) + np.repeat(
        covariates.first - panel.indptr[:-1], panel.lengths()
    )
    read = (
        (panel.schema.static, covariates.static),
        (panel.schema.past, rows_of(covariates.frame, rows)),
        (panel.schema.known, covariates.frame),
    )
    sentences = []
    for names, frame in read:
        for name in (name for name in names if name in vocabulary):
            held = frame[name].drop_nulls().unique().cast(pl.String)
            new = sorted(set(held) - set(vocabulary[name]))
            if new:
                count = "a name" if len(new) == 1 else f"{len(new):,} names"
                sentences.append(
                    f"column {name} holds {count} that training did not see, and which tell the "
                    f"network nothing: {listed([shown(one) for one in new], NAMES_SHOWN)}."
                )
    return tuple(sentences)


def _about_age(panel: Panel, known: Panel) -> tuple[str, ...]:
    newest, trained = _last_stamp(panel), _last_stamp(known)
    if newest.dtype != trained.dtype or newest[0] >= trained[0]:
        return ()
    written, before = (format_times(stamp, panel.schema)[0] for stamp in (newest, trained))
    return (
        f"the data end at {written}, but those of training went on to {before}, so the forecast "
        "begins before the end of training. Give newer data if there are any.",
    )


def _last_stamp(panel: Panel) -> pl.Series:
    """Return the newest stamp of any series."""
    item = np.flatnonzero(panel.lengths() > 0)
    stamps = panel.timestamps(pl.Series(item), pl.Series(panel.lengths()[item] - 1))
    return stamps.sort()[-1:]


def _about_new_series(panel: Panel, place: NDArray[np.int64]) -> tuple[str, ...]:
    new = np.flatnonzero(place < 0)
    if not len(new):
        return ()
    names = panel.names()
    were, are = ("was", "is") if len(new) == 1 else ("were", "are")
    shown = listed([names[item] for item in new], NAMES_SHOWN)
    return (
        f"{counted(len(new), 'series')} {were} not there at training and {are} forecast all the "
        f"same: {shown}.",
    )


def _about_ranges(panel: Panel, known: Ranges, place: NDArray[np.int64]) -> tuple[str, ...]:
    """Say which series have values of another order of magnitude than they had."""
    low, high = known.low, known.high
    overall = np.array([np.nanmin(low), np.nanmax(high)])
    # A series that is new, empty or 0 throughout at training is compared with all of them.
    comparable = (place >= 0) & (np.nan_to_num(np.fmax(-low, high)) > 0)[place]
    trained = np.where(comparable[:, None], np.stack([low, high], axis=1)[place], overall)
    news = ranges_of(panel)
    now = np.stack([news.low, news.high], axis=1)
    size, size_now = np.abs(trained).max(axis=1), np.abs(now).max(axis=1)
    far = np.flatnonzero((size_now > FAR * size) | ((size_now > 0) & (size_now * FAR < size)))
    if not len(far):
        return ()
    names, first = panel.names(), far[0]
    shown = listed([names[item] for item in far], NAMES_SHOWN)
    whose = "its" if comparable[first] else "all"
    have = "has" if len(far) == 1 else "have"
    return (
        f"{counted(len(far), 'series')} {have} values of another size than at training: {shown}. "
        f"In {names[first]} they lie between {now[first, 0]:g} and {now[first, 1]:g}; at training "
        f"{whose} values lay between {trained[first, 0]:g} and {trained[first, 1]:g}. Check the "
        "unit.",
    )


def place_at_training(panel: Panel, known: Panel) -> NDArray[np.int64]:
    """Find each item among those of training, [N]; -1 = new."""
    ids = panel.items.columns
    if not ids:
        return np.zeros(len(panel.order), dtype=np.int64)
    if panel.items.equals(known.items):
        return np.arange(len(panel.order), dtype=np.int64)
    # Ids may be numbers in one file and text in another.
    before = known.items.select(pl.col(ids).cast(pl.String)).with_row_index("place")
    place = panel.items.select(pl.col(ids).cast(pl.String)).join(
        before, on=ids, how="left", maintain_order="left"
    )["place"]
    return place.cast(pl.Int64).fill_null(-1).to_numpy()


def _about_signs(panel: Panel, domain: Domain) -> tuple[str, ...]:
    count = domain.outside(panel.values)
    if not count:
        return ()
    kind = "positive" if domain.name == "log" else "zero or positive"
    return (
        f"{count} values are not {kind}, as all were at training; the network takes them as "
        "missing. Train again if they are right.",
    )
