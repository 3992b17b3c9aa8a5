"""Tiny panels for tests."""

import numpy as np
import polars as pl

from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.schema import Schema
from forecast_rnn.data.time.frequency import Frequency

NAN = float("nan")


def panel_of(*series: list[float]) -> Panel:
    """Make a panel of series named a, b, …; integer times from 0; NaN = missing."""
    names = [chr(ord("a") + number) for number in range(len(series))]
    return Panel(
        schema=Schema(timestamp="time", target="y", item_id=("name",), time_type="integer"),
        frequency=Frequency(every="1i", grid="integer", step=1),
        items=pl.DataFrame({"name": names}, schema={"name": pl.String}),
        starts=pl.Series("time", [0] * len(series), dtype=pl.Int64),
        order=np.arange(len(series)),
        values=np.concatenate([np.asarray(values, dtype=np.float64) for values in series]),
        indptr=np.cumsum([0, *(len(values) for values in series)]),
    )
