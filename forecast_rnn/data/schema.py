"""The role of every column, and how the time column is written."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Hints:
    """What the user says about a file; what is left out is found by itself.

    Attributes:
        time: Name of the time column.
        target: Names of the target columns; several make one series per target and id.
        item_id: Names of the columns that together name a series.
        frequency: Polars offset such as `h`, `30m`, `mo`; for an integer time
            column it says what one step is.
        date_format: `strftime` pattern of the time column.
    """

    time: str | None = None
    target: tuple[str, ...] = ()
    item_id: tuple[str, ...] = ()
    frequency: str | None = None
    date_format: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Schema:
    """The columns in use and how the input writes its times.

    Attributes:
        timestamp: Name of the time column.
        target: Name of the target column; `a,b` when several make up the panel.
        item_id: Names of the columns that together name a series; none for a single series.
        time_type: What the panel's times are: `integer`, `date` or `datetime`.
        time_format: `strftime` pattern that writes times as the input wrote them;
            None for integers and for times that come typed (Parquet).
        time_zone: IANA name of a zone-aware datetime column, else None.
        utc_offset: Offset such as `+05:30` that every time of a text column carries;
            `time_format` ends in it, and `time_zone` is UTC.
        targets: Columns that became series of their own, named by the last column of
            `item_id`; none when there is one target.
        frequency: What the user said of it, None if it was found.
    """

    timestamp: str
    target: str
    item_id: tuple[str, ...] = ()
    time_type: Literal["integer", "date", "datetime"]
    time_format: str | None = None
    time_zone: str | None = None
    utc_offset: str | None = None
    targets: tuple[str, ...] = ()
    frequency: str | None = None

    def hints(self) -> Hints:
        """Return hints that find the same columns in newer data of the same kind."""
        ids = self.item_id[:-1] if self.targets else self.item_id
        # Newer data may be written otherwise, but 03/04/2024 must not turn into another day.
        numeric = self.time_format is not None and self.time_format.startswith(_DOUBTFUL)
        return Hints(
            time=self.timestamp,
            target=self.targets or (self.target,),
            item_id=ids,
            frequency=self.frequency,
            date_format=self.time_format if numeric else None,
        )


_DOUBTFUL = ("%d/", "%m/", "%-d/", "%-m/", "%d-%m", "%m-", "%-d-%-m", "%-m-")
