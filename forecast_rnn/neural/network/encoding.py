"""How what is known beside the target becomes numbers: fitted on the rows that training may see."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.panels.calendar import SIZES, almanac
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.series.covariates import MOST_NAMES, rows_of
from forecast_rnn.data.time.frequency import DAY
from forecast_rnn.data.time.stamps import to_stamps
from forecast_rnn.errors import ConfigError

CYCLE_DAYS = {"hour": 1, "halfhour": 1, "weekday": 7, "day of month": 31, "days to month end": 31}
"""Days until a field of the calendar starts again; a year for all others."""
CYCLES = 2
"""A field is learnt from its repetition."""
_ROUNDING = 1e-12


@dataclass(frozen=True, kw_only=True, slots=True)
class Encoding:
    """Statistics and vocabularies.

    Attributes:
        static: Columns that stay the same within an item.
        past: Columns known up to the origin.
        known: Columns known into the future.
        numbers: Those of them that hold numbers.
        mean: Of each of them.
        size: Mean absolute deviation from it, of each.
        categorical: The others, which hold names.
        names: The names in each of them; code 0 is for everything else.
        calendar: Fields of the calendar that the series are long enough for.
        countries: Whose holidays are known.
        holidays: The holidays of each that were seen.
        holiday_fields: Fields of the almanac that are about holidays.
        holiday_sizes: How many codes each has.
    """

    static: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    mean: tuple[float, ...] = ()
    size: tuple[float, ...] = ()
    categorical: tuple[str, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()
    calendar: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    holidays: tuple[tuple[str, ...], ...] = ()
    holiday_fields: tuple[str, ...] = ()
    holiday_sizes: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Check that the parts suit each other; raise ConfigError with what does not."""
        columns = [*self.static, *self.past, *self.known]
        _require(sorted(columns) == sorted({*columns}), "a column has two roles")
        kinds = [*self.numbers, *self.categorical]
        _require(sorted(columns) == sorted(kinds), "columns are not numbers or names, each once")
        _require(len(self.numbers) == len(self.mean) == len(self.size), "means or sizes lack")
        _require(all(map(math.isfinite, self.mean)), "a mean is not finite")
        _require(all(0 < size < math.inf for size in self.size), "a size is not above 0")
        _require(len(self.categorical) == len(self.names), "vocabularies lack")
        _require(all(map(_is_vocabulary, self.names)), "a vocabulary is too long or not a set")
        _require(len({*self.calendar} & {*SIZES}) == len(self.calendar), "a calendar field is odd")
        _require(len(self.countries) == len(self.holidays), "holidays of a country lack")
        _require(len(self.holiday_fields) == len(self.holiday_sizes), "sizes of holidays lack")

    def number_columns(self, role: Sequence[str]) -> tuple[str, ...]:
        """Return the columns of a role that hold numbers."""
        return tuple(name for name in role if name in self.numbers)

    def code_columns(self, role: Sequence[str]) -> tuple[str, ...]:
        """Return the columns of a role that hold names."""
        return tuple(name for name in role if name in self.categorical)

    def vocabulary(self, column: str) -> tuple[str, ...]:
        """Return the names that a column held."""
        return self.names[self.categorical.index(column)]

    def scaled(self, column: str, values: pl.Series) -> NDArray[np.float32]:
        """Return numbers as their distance from the mean in sizes; 0 for missing ones."""
        place = self.numbers.index(column)
        distance = (values.to_numpy() - self.mean[place]) / self.size[place]
        scaled: NDArray[np.float32] = np.nan_to_num(distance.clip(-10, 10)).astype(np.float32)
        return scaled

    def coded(self, column: str, values: pl.Series) -> NDArray[np.int64]:
        """Return names as places in the vocabulary from 1; 0 for missing and new ones."""
        names = self.vocabulary(column)
        code = {name: place for place, name in enumerate(names, start=1)}
        assert isinstance(values.dtype, pl.Enum)
        place = np.array([code.get(kind, 0) for kind in values.dtype.categories] or [0], np.int64)
        physical = values.to_physical()
        codes: NDArray[np.int64] = place[physical.fill_null(0).to_numpy()]
        return np.where(physical.is_null().to_numpy(), 0, codes)


def _require(condition: bool, fault: str) -> None:
    if not condition:
        raise ConfigError(f"the encoding does not fit together: {fault}.")


def _is_vocabulary(names: Sequence[str]) -> bool:
    return len({*names}) == len(names) <= MOST_NAMES


def fit_encoding(panel: Panel) -> Encoding:
    """Measure the covariates of the rows of a panel, and see which calendar fields repeat."""
    schema = panel.schema
    book = almanac(panel, 0, countries=schema.holidays)
    days = _typical_days(panel)
    calendar = tuple(
        field
        for field in book.fields
        if field in SIZES and days >= CYCLES * CYCLE_DAYS.get(field, 366)
    )
    holiday_fields = tuple(field for field in book.fields if field not in SIZES)
    encoding = Encoding(
        calendar=calendar,
        countries=tuple(book.holiday_names),
        holidays=tuple(tuple(names) for names in book.holiday_names.values()),
        holiday_fields=holiday_fields,
        holiday_sizes=tuple(book.sizes[book.fields.index(field)] for field in holiday_fields),
    )
    return encoding if panel.covariates is None else _with_columns(encoding, panel)


def _typical_days(panel: Panel) -> float:
    """Return the days from the first row of the item of median length to its last."""
    lengths = panel.lengths()
    if panel.schema.time_type == "integer" or not lengths.any():
        return 0.0
    item = int(np.argsort(lengths, kind="stable")[len(lengths) // 2])
    ends = panel.timestamps(pl.Series([item, item]), pl.Series([0, max(0, lengths[item] - 1)]))
    first, last = to_stamps(ends, local=False)
    return float(last - first) / DAY


def _with_columns(encoding: Encoding, panel: Panel) -> Encoding:
    covariates = panel.covariates
    assert covariates is not None
    # Known columns go on into the future, but statistics are of the rows before: those rows of
    # the covariates that lie beside rows of the panel.
    rows = np.arange(len(panel.values)) + np.repeat(
        covariates.first - panel.indptr[:-1], panel.lengths()
    )
    there = np.flatnonzero(panel.lengths() > 0)
    seen = [*rows_of(covariates.static, there), *rows_of(covariates.frame, rows)]
    numbers = [column for column in seen if column.dtype == pl.Float64]
    names = [column for column in seen if column.dtype != pl.Float64]
    ends = [_mean_and_size(column) for column in numbers]
    schema = panel.schema
    return replace(
        encoding,
        static=schema.static,
        past=schema.past,
        known=schema.known,
        numbers=tuple(column.name for column in numbers),
        mean=tuple(mean for mean, _ in ends),
        size=tuple(size for _, size in ends),
        categorical=tuple(column.name for column in names),
        names=tuple(tuple(column.cast(pl.String).drop_nulls().unique().sort()) for column in names),
    )


def _mean_and_size(column: pl.Series) -> tuple[float, float]:
    values = column.to_numpy()
    values = values[~np.isnan(values)]
    if not len(values):
        return 0.0, 1.0
    mean = float(values.mean())
    size = float(np.abs(values - mean).mean())
    # What is left of a constant is the rounding of its mean.
    return mean, size if size > _ROUNDING * abs(mean) else 1.0
