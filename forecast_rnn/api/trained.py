"""What a training brought."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from forecast_rnn.data.read import Findings
from forecast_rnn.evaluation.verdict import Verdict
from forecast_rnn.output.folder import BACKTEST
from forecast_rnn.output.publish import published

if TYPE_CHECKING:
    from forecast_rnn.api.model import Model


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training brought.

    Attributes:
        folder: Where files were written, or None.
        model: The trained network and its series.
        forecast: The forecast after the last row of each series; None where known columns
            do not reach into the future.
        table: Forecasts of known rows by the network and the baselines, as a table of
            `forecast_rnn.evaluation.backtest`; None where a file of the folder has them.
        scores: Columns `model`, `metric`, `value`.
        verdict: What the backtest says of the network.
        findings: What was found in the data.
        settings: How the network came about.
        warnings: What a user should know beyond the findings.
        fallback: As in `Prediction`.
        missing: As in `Prediction`.
        shut: Why the gate stays shut, so that no forecast is written; None if it opens, or if
            there is none.
    """

    folder: Path | None
    model: "Model"
    forecast: pl.DataFrame | None
    table: pl.DataFrame | None
    scores: pl.DataFrame
    verdict: Verdict
    findings: Findings
    settings: dict[str, str | int | float]
    warnings: tuple[str, ...]
    fallback: tuple[str, ...]
    missing: tuple[str, ...]
    shut: str | None

    @property
    def backtest(self) -> pl.DataFrame:
        """Forecasts of known rows by the network and the baselines, as in backtest.parquet.

        They are read from there if it was written, as all of them may take much memory.
        """
        if self.table is None:
            assert self.folder is not None, "what is not kept was written"
            return pl.read_parquet(self.folder / BACKTEST)
        return published(self.table, self.model.panel, self.model.forecaster.task)

    @property
    def publishes(self) -> bool:
        """Whether there is a forecast to write."""
        return self.forecast is not None and self.shut is None
