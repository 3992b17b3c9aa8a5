"""What was understood of an input, in the order in which users read it."""

from collections.abc import Sequence

import polars as pl

from forecast_rnn.data.columns.clock import format_times
from forecast_rnn.data.columns.times import Times
from forecast_rnn.data.panels.future import rows_ahead
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.words import listed


def facts_of(
    panel: Panel, times: Times, target: Sequence[str], unused: Sequence[str]
) -> dict[str, str]:
    """Return time, id, target, frequency, rows, covariates, and the columns left over."""
    schema, items = panel.schema, len(panel.order)
    outermost = [times.values.min(), times.values.max()]
    ends = format_times(pl.Series(outermost, dtype=times.values.dtype), schema)
    facts = {
        "time": f"{schema.timestamp} ({panel.frequency.describe()}, {ends[0]} to {ends[1]})",
        "id": f"{', '.join(schema.item_id)} ({items} series)" if schema.item_id else "one series",
        "target": f"one column a series ({listed(target)})" if schema.wide else ", ".join(target),
        "frequency": panel.frequency.every,
        "rows": f"{len(panel.values):,}",
    }
    for role in ("static", "past", "known"):
        names = [*getattr(schema, role)]
        if names:
            facts[role] = ", ".join(names)
    ahead = rows_ahead(panel)
    if ahead.any():
        facts["known"] += f" (for up to {int(ahead.max())} steps ahead)"
    if schema.holidays:
        facts["holidays"] = ", ".join(schema.holidays)
    if unused:
        facts["not used"] = listed(unused)
    return facts
