"""Tables brought into the one layout that roles are found in: a row a time, a column a role."""

from forecast_rnn.data.columns.cutoff import early_sample
from forecast_rnn.data.columns.headers import without_headers
from forecast_rnn.data.columns.jointimes import join_times
from forecast_rnn.data.columns.turning import turn_round
from forecast_rnn.data.files.table import Table
from forecast_rnn.data.hints import Hints


def prepared(table: Table, hints: Hints) -> tuple[Table, Hints, tuple[str, ...]]:
    """Bring a table into this layout; return the hints for it, and what was done as warnings."""
    table, about_headers = without_headers(table)
    table, hints, about_turning = turn_round(table, hints)
    table, hints, about_times = join_times(table, hints)
    if hints.cutoff is not None:
        table = early_sample(table, hints)
    return table, hints, about_headers + about_turning + about_times
