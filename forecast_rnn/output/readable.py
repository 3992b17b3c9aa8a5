"""Text and numbers as people read them, on a terminal and in a report."""

import math
from collections.abc import Sequence


def plain(text: object) -> str:
    """Return text with control characters escaped, so that no id can steer what shows it."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii")
        for c in str(text)
    )


def number(value: object) -> str:
    """Write a number with four significant digits, a text as it is, and None as a dash."""
    if value is None or value != value:
        return "-"
    if not isinstance(value, int | float):
        return str(value)
    if abs(value) < 1e15 and value == int(value):
        return f"{value:,.0f}"
    if abs(value) >= 1e15 or 0 < abs(value) < 1e-4:
        return f"{value:.3e}"
    return f"{value:,.{_decimals(value, 4)}f}"


def numbers(values: Sequence[float | None], *, significant: int = 3) -> list[str]:
    """Write the numbers of a column alike, with so many significant digits of the least."""
    sizes = [abs(value) for value in values if value and math.isfinite(value)]
    if not sizes or max(sizes) >= 1e15 or min(sizes) < 1e-4:
        return [number(value) for value in values]
    decimals = _decimals(min(sizes), significant)
    return [
        "-" if value is None or value != value else f"{value:,.{decimals}f}" for value in values
    ]


def percent(share: float | None) -> str:
    """Write a share in percent: `17%`, below a tenth `3.1%`, and None as a dash."""
    if share is None or not math.isfinite(share):
        return "-"
    return f"{100 * share:.0f}%" if abs(share) >= 0.0995 else f"{100 * share:.1f}%"


def _decimals(value: float, significant: int) -> int:
    return max(0, significant - 1 - math.floor(math.log10(abs(value)))) if value else 0
