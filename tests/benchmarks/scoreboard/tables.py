"""Tables in Markdown that are read on a terminal as well: at most 100 columns."""

from collections.abc import Sequence

WIDTH = 100


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lay out a table; the first column to the left, the others to the right.

    Returns:
        Its lines.
    """
    widths = [max(len(row[place]) for row in (header, *rows)) for place in range(len(header))]
    widths = [max(width, 2) for width in widths]
    rule = [":" + "-" * (widths[0] - 1), *("-" * (width - 1) + ":" for width in widths[1:])]
    return [_line(row, widths) for row in (header, rule, *rows)]


def number(value: float | None, digits: int = 3) -> str:
    """Write a number with so many digits after the point, fewer of large ones; None is empty."""
    if value is None:
        return ""
    if abs(value) >= 1e5:
        return f"{value:.0e}"
    whole = len(f"{abs(value):.0f}")
    return f"{value:.{max(0, min(digits, digits + 1 - whole))}f}"


def seconds(value: float | None) -> str:
    """Write seconds: with a tenth below 100."""
    if value is None:
        return ""
    return f"{value:.1f}" if value < 99.95 else f"{value:.0f}"


def cover(scores: dict[str, float | None]) -> str:
    """Write what intervals held, in percent: of 80 %, and of 90 % if there are such."""
    held = (scores.get("coverage_80"), scores.get("coverage_90"))
    return "/".join(f"{100 * share:.0f}" for share in held if share is not None)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [f"{row[0]:<{widths[0]}}"]
    cells += [f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True)]
    return f"| {' | '.join(cells)} |"
