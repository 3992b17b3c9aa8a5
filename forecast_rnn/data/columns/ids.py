"""The id columns, of which no cell may be missing."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from forecast_rnn.data.faults import LISTED, Faults, faults_error
from forecast_rnn.data.files.table import Rows
from forecast_rnn.errors import Fault

_REMEDY = "fill it in, or name the id columns with --id"


def take_ids(rows: Rows, item_id: Sequence[str]) -> pl.DataFrame:
    """Return the id columns.

    Raises:
        DataError: ids are missing; it lists where.
    """
    ids = rows.frame.select(item_id)
    faults = Faults(rows.name)
    for name in item_id:
        absent = ids[name].is_null()
        if ids[name].dtype in (pl.String, pl.Categorical):
            absent |= ids[name] == ""
        if absent.any():
            at = np.flatnonzero(absent.to_numpy())
            places = [rows.where(int(row)) for row in at[:LISTED]]
            missing = [Fault(place, name, "", "the id is missing", _REMEDY) for place in places]
            faults.add(faults_error(rows.name, missing, {name: len(at)}))
    faults.refuse()
    return ids
