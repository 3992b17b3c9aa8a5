"""How a text column writes numbers: decimal sign, thousands marks, currency, negative amounts.

One manner holds for a whole column and is found from all its cells, for a single cell such as
`1.516` may be 1516 or 1.516. What one cell does and no other is a slip, not a manner.
"""

from dataclasses import dataclass

import polars as pl

from forecast_rnn.data.hints import DECIMALS, Decimal, Thousands

_SPACES = r"[\x20\u00a0\u2009\u202f]"
_MARKS = r"[.,'\u2019\x20\u00a0\u2009\u202f]"
_CODES = (
    "USD|EUR|GBP|JPY|CHF|CAD|AUD|NZD|CNY|INR|BRL|MXN|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|ISK|TRY|ZAR|"
    "KRW|SGD|HKD|TWD|THB|IDR|MYR|PHP|VND|ILS|AED|SAR|EGP|NGN|KES|ARS|CLP|COP|PEN|UAH|RUB"
)
_SIGNS = r"(?:US|CA|NZ|HK|[ACRS])?[$€£¥₹₽₩₺₴₦฿₫₪]"
_CURRENCY = rf"(?:{_SIGNS}|{_CODES}|kr\.?|zł|Kč|Ft|Fr\.|Rs\.?)"
_PARTS = (
    rf"^(?P<open>\()?(?P<sign>[+-])?(?:{_SPACES}?(?P<before>{_CURRENCY}){_SPACES}?)?(?P<minus>-)?"
    rf"(?P<core>(?:\d|[.,]\d)(?:\d|{_MARKS}\d)*[.,]?(?:[eE][+-]?\d+)?)"
    rf"(?:{_SPACES}?(?P<percent>%))?(?:{_SPACES}?(?P<after>{_CURRENCY}))?(?P<trailing>-)?(?P<close>\))?$"
)
_GROUPED = rf"\d{{1,3}}(?:{_MARKS}\d{{2,3}})*{_MARKS}\d{{3}}"
_NUMERIC = (
    rf"^\(?[+-]?{_SPACES}?{_CURRENCY}?{_SPACES}?-?(?:(?:\d+|{_GROUPED})(?:[.,]\d*)?|[.,]\d+)"
    rf"{_SPACES}?(?:%|{_CURRENCY})?-?\)?$"
)
EITHER = r"^[+-]?[1-9]\d{0,2}[.,]\d{3}$"
"""A number whose one mark may be the decimal sign or part thousands."""

_SLIPS = 2
"""So many negative amounts in parentheses are none in a column that is plain otherwise."""


@dataclass(frozen=True, slots=True)
class Notation:
    """The manner in which a column writes numbers.

    Attributes:
        decimal: The decimal sign; None if no cell settles it.
        currency: The sign or code that most cells carry; empty for none.
        percent: Whether most cells end in `%`.
        accounting: Whether parentheses, or a minus sign at the end, mark negative amounts.
    """

    decimal: Decimal | None = "."
    currency: str = ""
    percent: bool = False
    accounting: bool = False


def looks_numeric(cells: pl.Series) -> pl.Series:
    """Tell which stripped text cells are numbers in some manner."""
    plain = cells.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    return plain.is_not_null() | cells.str.contains(_NUMERIC)


def is_plain(cells: pl.Series) -> bool:
    """Tell whether cells are numbers alone, without a currency or `%`."""
    return cells.dtype != pl.String or not cells.str.contains(f"%|{_CURRENCY}").any()


def is_undecided(cells: pl.Series) -> bool:
    """Tell whether some text cells hold a point, and each of these may part thousands."""
    dotted = cells.filter(cells.str.contains(".", literal=True)).str.strip_chars()
    return bool(len(dotted)) and bool(dotted.str.contains(EITHER).all())


def parts_of(cells: pl.Series) -> pl.DataFrame:
    """Take stripped text cells apart; all parts of what is no number are null.

    Returns:
        Columns `open`, `sign`, `currency`, `minus`, `core`, `percent`, `trailing` and `close`; a
        part that is not there is null. Thousands marks in `core` are `.`, `,`, `'` or a space.
    """
    parts = cells.str.extract_groups(_PARTS).struct.unnest()
    return parts.select(
        pl.exclude("before", "after", "core"),
        pl.coalesce("before", "after").alias("currency"),
        pl.col("core").str.replace_all(_SPACES, " ").str.replace_all("\u2019", "'", literal=True),
    )


def find_notation(
    parts: pl.DataFrame, decimal: Decimal | None = None, thousands: Thousands | None = None
) -> Notation:
    """Find the manner of a column; the cells decide, and what they leave open the user.

    Args:
        parts: All cells of the column that are not missing, as `parts_of` takes them apart.
        decimal: The decimal sign by the user's word.
        thousands: The thousands mark by the user's word.
    """
    core = parts["core"].drop_nulls()
    negative = int((parts["close"].is_not_null() | parts["trailing"].is_not_null()).sum())
    currency = parts["currency"].drop_nulls()
    usual = currency.mode().sort()[0] if 2 * len(currency) > parts.height else ""
    marked = core.str.contains(r"[ ']|\..*,|,.*\.").any()
    return Notation(
        decimal=_decimal(core, decimal, thousands),
        currency=usual,
        percent=2 * parts["percent"].count() > parts.height,
        accounting=bool(usual) or bool(marked) or negative > _SLIPS,
    )


def _decimal(
    core: pl.Series, decimal: Decimal | None, thousands: Thousands | None
) -> Decimal | None:
    points, commas = (core.str.count_matches(mark, literal=True) for mark in ".,")
    either = core.str.contains(EITHER)
    # The last mark of several kinds is the decimal sign; one that is repeated parts thousands.
    for_point = (commas > 1) | core.str.contains(r",[^,]*\.[^.,]*$")
    for_comma = (points > 1) | core.str.contains(r"\.[^.]*,[^.,]*$")
    for_point |= (points == 1) & (commas == 0) & ~either
    for_comma |= (commas == 1) & (points == 0) & ~either
    if for_point.any() or for_comma.any():
        return "." if for_point.sum() >= for_comma.sum() else ","
    if decimal is not None:
        return decimal
    if thousands is not None:
        return "," if thousands == "." else "."
    kinds = [
        mark for mark in DECIMALS if core.filter(either).str.contains(mark, literal=True).any()
    ]
    if not kinds:
        return "."
    # Where a space or an apostrophe parts thousands, the other mark is the decimal sign.
    return kinds[0] if len(kinds) == 1 and core.str.contains("[ ']").any() else None


def read_parts(parts: pl.DataFrame, notation: Notation) -> pl.Series:
    """Return the numbers that cells hold in a manner, null where one does not fit it."""
    decimal = notation.decimal or "."
    marks = [mark for mark in "., '" if mark != decimal]
    grouped = "|".join(rf"\d{{1,3}}(?:[{mark}]\d{{2,3}})*[{mark}]\d{{3}}" for mark in marks)
    shape = rf"^(?:(?:\d+|{grouped})(?:[{decimal}]\d*)?|[{decimal}]\d+)(?:[eE][+-]?\d+)?$"
    core = pl.col("core").str.replace_all(f"[{''.join(marks)}]", "")
    number = core.str.replace(decimal, ".", literal=True).cast(pl.Float64, strict=False)
    closed, trailing = pl.col("close").is_not_null(), pl.col("trailing").is_not_null()
    signed = pl.col("sign").is_not_null() | pl.col("minus").is_not_null()
    negative = (
        closed | trailing | pl.any_horizontal(pl.col("sign", "minus") == "-").fill_null(False)
    )
    fits = (
        pl.col("core").str.contains(shape)
        & (pl.col("open").is_not_null() == closed)
        & ~(closed & trailing)
        & ~((closed | trailing) & (signed | pl.lit(not notation.accounting)))
        & (pl.col("currency").is_null() | (pl.col("currency") == notation.currency))
        & (pl.col("percent").is_null() | pl.lit(notation.percent))
    )
    signed_number = pl.when(negative).then(-number).otherwise(number)
    return parts.select(pl.when(fits).then(signed_number).alias("number")).to_series()


def describe(parts: pl.DataFrame, notation: Notation) -> str:
    """Return in words what is out of the ordinary in cells, empty if nothing is."""
    core = parts["core"].drop_nulls()
    words = []
    for mark in ",. '":
        if core.str.contains(mark, literal=True).any():
            kind = "decimal" if mark == notation.decimal else "thousands"
            words += [f"{kind} '{mark}'"] if (kind, mark) != ("decimal", ".") else []
    if notation.currency:
        words.append(f"'{notation.currency}' left out")
    if notation.percent:
        words.append("12% as 12")
    if parts["close"].count():
        words.append("(12) as -12")
    if parts["trailing"].count():
        words.append("12- as -12")
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
