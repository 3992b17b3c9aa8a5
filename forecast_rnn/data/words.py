"""How messages show cells, lists and numbers."""

from collections.abc import Sequence


def shown(text: str, limit: int = 60) -> str:
    """Return a cell as messages show it: quoted, short, control characters escaped."""
    escaped = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
    return f"'{escaped[:limit]}…'" if len(escaped) > limit else f"'{escaped}'"


def listed(parts: Sequence[str], limit: int = 10) -> str:
    """Return the first few of many parts, and how many more there are."""
    more = f" and {len(parts) - limit} more" if len(parts) > limit else ""
    return ", ".join(parts[:limit]) + more


def counted(count: int, noun: str) -> str:
    """Return a number with its noun: `1 row`, `2,000 rows`, `3 series`."""
    plural = "" if count == 1 or noun.endswith("s") else "s"
    return f"{count:,} {noun}{plural}"
