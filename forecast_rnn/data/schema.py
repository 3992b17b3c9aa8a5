"""The role of every column, how the time column is written, and how rows are put right."""

from dataclasses import dataclass
from typing import Literal

from forecast_rnn.data.hints import (
    ONE_SERIES,
    Aggregate,
    Decimal,
    Duplicates,
    Hints,
    Missing,
    Thousands,
    check_encoding,
)


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
        read_format: The pattern of the input where `time_format` writes in another way, as days
            that rows with a clock were brought to; else None.
        time_zone: IANA name of a zone-aware datetime column, else None.
        zone_given: Whether the user named `time_zone`.
        utc_offset: Offset such as `+05:30` that every time of a text column carries;
            `time_format` ends in it, and `time_zone` is UTC.
        targets: Columns that became series of their own, named by the last column of
            `item_id`; none when there is one target.
        frequency: What the user gave; None if it was found from the times.
        duplicates: As in `Hints`, and so are the next three.
        missing: What becomes of missing values.
        wide: Whether every column of numbers is a series, or every one of `targets` if there
            are any; the last column of `item_id` names them.
        encoding: Of the text file, None for UTF-8.
        static: As in `Hints`, and so are the next two.
        past: Columns known up to the origin.
        known: Columns known into the future.
        categorical: All of these that hold names.
        holidays: As in `Hints`.
        decimal: What the user said of the decimal sign, or else of a text column of targets what
            its cells settle; None if neither does.
        thousands: As in `Hints`.
        hour_ending: Whether hours beside dates count by their end; None if there are none.
        header_line: As in `Hints`.
        aggregate: As in `Hints`, and so is the next.
        round_times: Whether times are rounded.
        single: Whether the user said that all rows are one series.
    """

    timestamp: str
    target: str
    item_id: tuple[str, ...] = ()
    time_type: Literal["integer", "date", "datetime"]
    time_format: str | None = None
    read_format: str | None = None
    time_zone: str | None = None
    zone_given: bool = False
    utc_offset: str | None = None
    targets: tuple[str, ...] = ()
    frequency: str | None = None
    duplicates: Duplicates = "error"
    missing: Missing = "keep"
    wide: bool = False
    encoding: str | None = None
    static: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    holidays: tuple[str, ...] = ()
    decimal: Decimal | None = None
    thousands: Thousands | None = None
    hour_ending: bool | None = None
    header_line: int | None = None
    aggregate: Aggregate | None = None
    round_times: bool = False
    single: bool = False

    @property
    def covariates(self) -> tuple[str, ...]:
        """All columns beside time, target and id that are read."""
        return (*self.static, *self.past, *self.known)

    @property
    def given_ids(self) -> tuple[str, ...]:
        """Those of `item_id` that are columns of the input."""
        return self.item_id[:-1] if self.targets or self.wide else self.item_id

    def __post_init__(self) -> None:
        """Check what a literal type cannot; raise ConfigError."""
        check_encoding(self.encoding)

    def hints(self) -> Hints:
        """Return hints that find the same columns in newer data of the same kind."""
        # Newer data may be written otherwise, but 03/04/2024 must not turn into another day.
        # Nor do months such as 202401 show as such where a file has those of one year only.
        written = self.read_format or self.time_format or ""
        doubtful = written.startswith(_DOUBTFUL) or written in _NUMBERS
        return Hints(
            time=self.timestamp,
            target=self.targets if self.targets or self.wide else (self.target,),
            item_id=ONE_SERIES if self.single else self.given_ids,
            frequency=self.frequency,
            date_format=written if doubtful else None,
            time_zone=self.time_zone if self.zone_given else None,
            duplicates=self.duplicates,
            missing=self.missing,
            wide=self.wide,
            encoding=self.encoding,
            static=self.static,
            past=self.past,
            known=self.known,
            categorical=self.categorical,
            holidays=self.holidays,
            decimal=self.decimal,
            thousands=self.thousands,
            hour_ending=self.hour_ending,
            header_line=self.header_line,
            aggregate=self.aggregate,
            round_times=self.round_times,
            numeric=tuple(name for name in self.covariates if name not in self.categorical),
        )


_NUMBERS = ("%Y%m", "%G%V", "%Y%q", "%s", "%s%3f", "%s%6f", "%s%9f")
_DOUBTFUL = ("%d/", "%m/", "%-d/", "%-m/", "%d-%m", "%m-", "%-d-%-m", "%-m-")
