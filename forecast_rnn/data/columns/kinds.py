"""What columns hold, judged by their first cells."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import polars as pl

from forecast_rnn.data.columns.notation import looks_numeric
from forecast_rnn.data.columns.numbers import is_missing
from forecast_rnn.data.columns.rewriting import rewritten
from forecast_rnn.data.columns.timecells import SAMPLE, detect, read_by
from forecast_rnn.data.time.patterns import has_short_year

_PARSED_SHARE = 0.5

Kind = Literal["number", "time", "text", "empty", "nested"]


@dataclass(frozen=True, slots=True, eq=False)
class Kinds(Mapping[str, Kind]):
    """The kind of each column, found at the first look-up: given roles need none.

    Attributes:
        sample: The first rows of a table.
        columns: Those that are looked at, in the order of the table, as keys.
        date_format: `strftime` pattern of times by the user's word, or None.
        found: What was found out before.
    """

    sample: pl.DataFrame
    columns: dict[str, None]
    date_format: str | None = None
    found: dict[str, Kind] = field(default_factory=dict)

    def __getitem__(self, column: str) -> Kind:
        """Return the kind of a column."""
        if column not in self.columns:
            raise KeyError(column)
        if column not in self.found:
            self.found[column] = kind_of(self.sample[column], self.date_format)
        return self.found[column]

    def __iter__(self) -> Iterator[str]:
        """Go through the columns in the order of the table."""
        return iter(self.columns)

    def __len__(self) -> int:
        """Return how many columns there are."""
        return len(self.columns)

    def without(self, columns: Collection[str]) -> "Kinds":
        """Return the kinds of all other columns."""
        dropped = {*columns}
        return replace(self, columns={name: None for name in self.columns if name not in dropped})


def kinds_of(sample: pl.DataFrame, date_format: str | None = None) -> Kinds:
    """Return the kinds of all columns; times may be written in the user's own format."""
    return Kinds(sample, dict.fromkeys(sample.columns), date_format)


def _fits(cells: pl.Series, date_format: str) -> bool:
    values = read_by(cells, date_format)
    return values is not None and 2 * values.count() > len(cells)


def kind_of(cells: pl.Series, date_format: str | None = None) -> Kind:
    """Tell what the first cells of a column look like.

    Args:
        cells: A column.
        date_format: `strftime` pattern by which the user says that times are written.
    """
    if cells.dtype.is_nested() or cells.dtype == pl.Binary:
        return "nested"
    if cells.dtype.is_numeric():
        return "number"
    if cells.dtype in (pl.Date, pl.Datetime):
        return "time"
    if cells.dtype != pl.String:
        return "text"
    present = cells.filter(~is_missing(cells)).str.strip_chars()
    if not len(present):
        return "empty"
    if date_format is not None and _fits(present, date_format):
        return "time"
    number = looks_numeric(present)
    # 007 names something; it does not count anything.
    coded = present.str.contains(r"^0\d").any()
    if number.mean() > _PARSED_SHARE and not coded:  # type: ignore[operator]
        return "number"
    return "time" if _are_times(present) else "text"


def _are_times(cells: pl.Series) -> bool:
    if detect(cells) or has_short_year(cells[0]):
        return True
    other = rewritten(cells.head(SAMPLE))
    return other is not None and bool(detect(other))
