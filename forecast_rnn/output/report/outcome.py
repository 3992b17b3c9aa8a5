"""What a report is made of."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from forecast_rnn.config import Task
from forecast_rnn.data.panel import Panel
from forecast_rnn.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a training brought, as tables and plain values.

    Attributes:
        title: What the data are called.
        panel: The series with all known rows.
        task: Horizon, season and quantile levels.
        forecast: After the last row of each series, as users see it; None if there is none.
        backtest: A forecast table with `actual` and `error_scale`.
        scores: Columns `model`, `metric`, `value`.
        verdict: What the backtest says of the network.
        facts: What the data were taken to be.
        warnings: What a user should know, one sentence each.
        missing: Names of the series without a forecast.
        settings: Of the network and its training.
        trials: What each candidate of the race was trained with, by the names of `settings`,
            with its `steps` and its `score`.
        command: The command that does the same again.
    """

    title: str
    panel: Panel
    task: Task
    forecast: pl.DataFrame | None
    backtest: pl.DataFrame
    scores: pl.DataFrame
    verdict: Verdict
    facts: Mapping[str, object]
    warnings: tuple[str, ...]
    missing: tuple[str, ...]
    settings: Mapping[str, object]
    trials: tuple[Mapping[str, object], ...]
    command: str
