"""What the user says about a file."""

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from forecast_rnn.errors import ConfigError, nearest
from forecast_rnn.fields import DATA, Option

Duplicates = Literal["error", "sum", "mean", "last", "max"]
Aggregate = Literal["sum", "mean", "last", "max"]
AGGREGATES: tuple[Aggregate, ...] = get_args(Aggregate)
ONE_SERIES = ("none",)
"""What the user gives instead of id columns to say that there are none."""


Missing = Literal["keep", "zero", "previous"]


DUPLICATES: tuple[Duplicates, ...] = get_args(Duplicates)


MISSING: tuple[Missing, ...] = get_args(Missing)


Decimal = Literal[".", ","]


Thousands = Literal[",", ".", "'", "space"]


DECIMALS: tuple[Decimal, ...] = get_args(Decimal)


THOUSANDS: tuple[Thousands, ...] = get_args(Thousands)


@dataclass(frozen=True, kw_only=True, slots=True)
class Hints:
    """What the user says about a file; the rest is found from its content.

    Every field is an option of the command line.

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
        numeric: Those of the three that hold numbers, whatever their cells look like.
        holidays: Countries and their parts, such as `DE` or `DE-BY`, whose holidays count.
        cutoff: The last time whose targets are read, as the input writes times; a date takes
            in its whole day. Known columns are read beyond it.
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

    time: Annotated[
        str | None,
        Option(
            "Time column, or several: DATE,CLOCK.",
            panel=DATA,
            metavar="COLUMN",
            usual="the one with dates",
        ),
    ] = None
    target: Annotated[
        tuple[str, ...],
        Option(
            "Columns to forecast, by comma.",
            panel=DATA,
            metavar="COLUMN",
            usual="y, target, value, or the only one",
        ),
    ] = ()
    item_id: Annotated[
        tuple[str, ...],
        Option(
            "Columns that name a series, or none.",
            panel=DATA,
            metavar="COLUMN",
            name="id",
            usual="text columns",
        ),
    ] = ()
    frequency: Annotated[
        str | None,
        Option(
            "Spacing of rows: 30m h d w mo q y.",
            panel=DATA,
            metavar="OFFSET",
            name="freq",
            usual="found",
        ),
    ] = None
    date_format: Annotated[
        str | None,
        Option(
            "How times are written, such as %d/%m/%Y.", panel=DATA, metavar="FORMAT", usual="found"
        ),
    ] = None
    time_zone: Annotated[
        str | None,
        Option(
            "Zone of times without offset: Europe/Berlin.",
            panel=DATA,
            metavar="NAME",
            name="timezone",
        ),
    ] = None
    duplicates: Annotated[
        Duplicates,
        Option(f"Rows of equal id and time: {', '.join(DUPLICATES)}.", panel=DATA, metavar="RULE"),
    ] = "error"
    missing: Annotated[
        Missing,
        Option(f"Missing values and gaps: {', '.join(MISSING)}.", panel=DATA, metavar="RULE"),
    ] = "keep"
    wide: Annotated[bool, Option("Read one column a series, named by the column.", panel=DATA)] = (
        False
    )
    encoding: Annotated[
        str | None,
        Option("Encoding of text, such as cp1252.", panel=DATA, metavar="NAME", usual="utf-8"),
    ] = None
    decimal: Annotated[
        Decimal | None,
        Option("Decimal sign: . or a comma.", panel=DATA, metavar="SIGN", usual="found"),
    ] = None
    thousands: Annotated[
        Thousands | None,
        Option(
            f"Mark between thousands: {' '.join(THOUSANDS)}.",
            panel=DATA,
            metavar="MARK",
            usual="found",
        ),
    ] = None
    hour_ending: Annotated[
        bool | None,
        Option(
            "Hours count by their end.",
            panel=DATA,
            usual="found",
        ),
    ] = None
    header_line: Annotated[
        int | None,
        Option("Line with the names of columns.", panel=DATA, metavar="N", usual="the first"),
    ] = None
    aggregate: Annotated[
        Aggregate | None,
        Option(
            f"Rows within a step of --freq: {', '.join(AGGREGATES)}.", panel=DATA, metavar="RULE"
        ),
    ] = None
    round_times: Annotated[
        bool, Option("Round times that jitter around their steps.", panel=DATA)
    ] = False
    static: Annotated[
        tuple[str, ...],
        Option("Columns fixed for a series, by comma.", panel=DATA, metavar="COLUMN"),
    ] = ()
    past: Annotated[
        tuple[str, ...],
        Option("Columns known up to the forecast, by comma.", panel=DATA, metavar="COLUMN"),
    ] = ()
    known: Annotated[
        tuple[str, ...],
        Option(
            "Columns known ahead, such as a price.",
            panel=DATA,
            metavar="COLUMN",
            others=("--future-covariates",),
        ),
    ] = ()
    categorical: Annotated[
        tuple[str, ...],
        Option(
            "Those of them that hold names though written as numbers.", panel=DATA, metavar="COLUMN"
        ),
    ] = ()
    numeric: Annotated[
        tuple[str, ...],
        Option("Those of them that are numbers, however written.", panel=DATA, metavar="COLUMN"),
    ] = ()
    holidays: Annotated[
        tuple[str, ...],
        Option("Countries, such as DE,US or DE-BY.", panel=DATA, metavar="CODE"),
    ] = ()
    cutoff: Annotated[
        str | None, Option("Read no target later than this.", panel=DATA, metavar="TIME")
    ] = None

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
        check_encoding(self.encoding)
        _check_covariates(self)
        if self.header_line is not None and self.header_line < 1:
            raise ConfigError(f"header line is {self.header_line}; lines are counted from 1.")
        if self.wide and self.item_id:
            raise ConfigError(
                "wide takes the names of the columns as ids, so it does not go with id; leave out "
                "one of them."
            )


def _check_covariates(hints: Hints) -> None:
    roles = [hints.time, *hints.target, *hints.item_id, *hints.covariates]
    named = [name for name in roles if name is not None]
    for name in hints.covariates:
        if named.count(name) > 1:
            raise ConfigError(f"column '{name}' is given two roles; a column has one.")
    _check_kinds(hints)


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ConfigError(
            f"{name} '{value}' is not known; choose from {', '.join(choices)}"
            f"{nearest(value, choices)}"
        )


def _check_marks(decimal: str | None, thousands: str | None) -> None:
    if decimal is not None:
        _check_choice("decimal", decimal, DECIMALS)
    if thousands is not None:
        _check_choice("thousands", thousands, THOUSANDS)
    if decimal is not None and decimal == thousands:
        raise ConfigError(f"'{decimal}' cannot be the decimal sign and part thousands as well.")


def check_encoding(name: str | None) -> None:
    """Raise ConfigError if there is no such encoding of text."""
    try:
        # Other than a look-up this refuses what is known but is no encoding of text.
        b"\xff".decode(name or "utf-8", "replace")
    except (LookupError, ValueError):
        raise ConfigError(
            f"encoding '{name}' is not known; common ones are cp1252, latin-1, utf-16 and gb18030."
        ) from None


def _check_kinds(hints: Hints) -> None:
    for kind, names in (("categorical", hints.categorical), ("numeric", hints.numeric)):
        for name in names:
            if name not in hints.covariates:
                raise ConfigError(
                    f"{kind} column '{name}' is not among the static, past and known ones; name "
                    "it there too."
                )
    for name in hints.numeric:
        if name in hints.categorical:
            raise ConfigError(
                f"column '{name}' is said to be both categorical and numeric; leave out one."
            )
