"""The role of every column, how the time column is written, and how rows are put right."""

from dataclasses import dataclass
from typing import Literal, get_args

from forecast_rnn.errors import ConfigError

Duplicates = Literal["error", "sum", "mean", "last", "max"]
Aggregate = Literal["sum", "mean", "last", "max"]
AGGREGATES: tuple[Aggregate, ...] = get_args(Aggregate)
Missing = Literal["keep", "zero", "previous"]
DUPLICATES: tuple[Duplicates, ...] = get_args(Duplicates)
MISSING: tuple[Missing, ...] = get_args(Missing)
Decimal = Literal[".", ","]
Thousands = Literal[",", ".", "'", "space"]
ONE_SERIES = ("none",)
"""What the user gives instead of id columns to say that there are none."""
DECIMALS: tuple[Decimal, ...] = get_args(Decimal)
THOUSANDS: tuple[Thousands, ...] = get_args(Thousands)


@dataclass(frozen=True, kw_only=True, slots=True)
class Hints:
    """What the user says about a file; the rest is found from its content.

    Attributes:
        time: Name of the time column; `A,B` names columns that hold it together, such as a date
            and a clock.
        target: Names of the target columns; several make one series per target and id.
        item_id: Names of the columns that together name a series; `none` alone says that all
            rows are one series.
        frequency: Polars offset such as `h`, `30m`, `mo`; for an integer time
            column it says what one step is.
        date_format: `strftime` pattern of the time column.
        time_zone: IANA name of the zone whose clock shows times without UTC offset; times
            with one are brought to its clock.
        duplicates: What becomes of rows with the same id and time: refused unless they are
            exactly the same, or combined into their sum, their mean, the last or the greatest of
            them.
        missing: What becomes of missing values and of gaps inside a series: kept, 0, or the
            value before.
        wide: Whether each column of numbers is a series of its own, named by the column.
        encoding: Of a text file that is not UTF-8, such as `cp1252` or `utf-16`.
        static: Columns that stay the same within a series.
        past: Columns known up to the origin.
        known: Columns known into the future.
        categorical: Those of the three that hold names, even if they are written as numbers;
            text columns are found by themselves.
        cutoff: The last time whose targets are read, as the input writes times; a date takes
            in its whole day. Known columns are read beyond it.
        holidays: Countries and their parts, such as `DE` or `DE-BY`, whose holidays count.
        numeric: Those of the columns that hold numbers, whatever their cells look like.
        decimal: The decimal sign, `.` or `,`, of columns whose cells leave it open.
        thousands: The same of the mark that parts thousands: `,`, `.`, `'` or `space`.
        hour_ending: Whether hours in a column beside dates count by their end, from 1 to 24;
            None for what they look like.
        header_line: The line of a text file on which the names of columns stand, from 1; None
            for the first that is neither blank nor begins with `#`.
        aggregate: What becomes of all rows within a step of `frequency`: their sum, their mean,
            the last or the greatest of them; None where rows stand on steps already.
        round_times: Whether times are rounded to `frequency`, or to the step that they lie on
            but for some jitter.
    """

    time: str | None = None
    target: tuple[str, ...] = ()
    item_id: tuple[str, ...] = ()
    frequency: str | None = None
    date_format: str | None = None
    time_zone: str | None = None
    duplicates: Duplicates = "error"
    missing: Missing = "keep"
    wide: bool = False
    encoding: str | None = None
    static: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    cutoff: str | None = None
    holidays: tuple[str, ...] = ()
    numeric: tuple[str, ...] = ()
    decimal: Decimal | None = None
    thousands: Thousands | None = None
    hour_ending: bool | None = None
    header_line: int | None = None
    aggregate: Aggregate | None = None
    round_times: bool = False

    @property
    def covariates(self) -> tuple[str, ...]:
        """All columns beside time, target and id that are read."""
        return (*self.static, *self.past, *self.known)

    @property
    def single(self) -> bool:
        """Whether the user says that all rows are one series."""
        return self.item_id == ONE_SERIES

    def __post_init__(self) -> None:
        """Check the values; raise ConfigError with the choices."""
        _check_choice("duplicates", self.duplicates, DUPLICATES)
        _check_choice("missing", self.missing, MISSING)
        if self.aggregate is not None:
            _check_choice("aggregate", self.aggregate, AGGREGATES)
        _check_marks(self.decimal, self.thousands)
        _check_encoding(self.encoding)
        _check_covariates(self)
        if self.header_line is not None and self.header_line < 1:
            raise ConfigError(f"header line is {self.header_line}; lines are counted from 1.")
        if self.wide and self.item_id:
            raise ConfigError(
                "wide takes the names of the columns as ids, so it does not go with id; leave out "
                "one of them."
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
        _check_encoding(self.encoding)

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


def _check_covariates(hints: Hints) -> None:
    roles = [hints.time, *hints.target, *hints.item_id, *hints.covariates]
    named = [name for name in roles if name is not None]
    for name in hints.covariates:
        if named.count(name) > 1:
            raise ConfigError(f"column '{name}' is given two roles; a column has one.")
    for name in hints.categorical:
        if name not in hints.covariates:
            raise ConfigError(
                f"categorical column '{name}' is not among the static, past and known ones; name "
                "it there too."
            )


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ConfigError(f"{name} '{value}' is not known; choose from {', '.join(choices)}.")


def _check_marks(decimal: str | None, thousands: str | None) -> None:
    if decimal is not None:
        _check_choice("decimal", decimal, DECIMALS)
    if thousands is not None:
        _check_choice("thousands", thousands, THOUSANDS)
    if decimal is not None and decimal == thousands:
        raise ConfigError(f"'{decimal}' cannot be the decimal sign and part thousands as well.")


def _check_encoding(name: str | None) -> None:
    try:
        # Other than a look-up this refuses what is known but is no encoding of text.
        b"\xff".decode(name or "utf-8", "replace")
    except (LookupError, ValueError):
        raise ConfigError(
            f"encoding '{name}' is not known; common ones are cp1252, latin-1, utf-16 and gb18030."
        ) from None
