"""What a training brought."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import polars as pl

from forecast_rnn.data.read import Findings
from forecast_rnn.errors import InputError
from forecast_rnn.evaluation.verdict import Verdict
from forecast_rnn.evaluation.worth import Worth
from forecast_rnn.output.publish import published

if TYPE_CHECKING:
    from forecast_rnn.api.model import Model


_AT_ONCE = 1 << 20
"""Bytes of a file that are read at a time."""


def digest_of(stream: BinaryIO) -> str:
    """Return the SHA-256 of what is left of a file, in hexadecimal."""
    digest = hashlib.sha256()
    while read := stream.read(_AT_ONCE):
        digest.update(read)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table that stands in a Parquet file, as all of it may take much memory.

    Attributes:
        path: Where the file is; absolute, so that it is found from any folder.
        digest: SHA-256 of the file as it was written, in hexadecimal.
    """

    path: Path
    digest: str

    def read(self) -> pl.DataFrame:
        """Read the table.

        Raises:
            InputError: the file is gone, or is no longer the one that was written.
        """
        try:
            with self.path.open("rb") as stream:
                # By one handle, as another training may replace the file at any moment.
                if digest_of(stream) != self.digest:
                    raise InputError(
                        f"{self.path} was written anew after this training, and is not its "
                        "backtest any more. Train again with an --out of its own (out=...)."
                    )
                stream.seek(0)
                return pl.read_parquet(stream)
        except OSError as error:
            raise InputError(
                f"the backtest of this training was written to {self.path}, which cannot be read: "
                f"{error.strerror}. Put the file back, or train again."
            ) from error


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training brought.

    Attributes:
        folder: Where files were written, or None.
        model: The trained network and its series.
        forecast: The forecast after the last row of each series; None where known columns
            do not reach into the future.
        table: Forecasts of known rows by the network and the baselines, as a table of
            `forecast_rnn.evaluation.backtest`; None where they are `stored`.
        scores: Columns `model`, `metric`, `value`.
        verdict: What the backtest says of the network.
        findings: What was found in the data.
        settings: How the network came about.
        warnings: What a user should know beyond the findings.
        fallback: As in `Prediction`.
        missing: As in `Prediction`.
        shut: Why the gate stays shut, so that no forecast is written; None if it opens, or if
            there is none.
        stored: The file that has what `backtest` gives; None where nothing was written.
        worth: Of each source that the forecast combines; none if it combines nothing.
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
    stored: StoredTable | None = None
    worth: tuple[Worth, ...] = ()

    @property
    def backtest(self) -> pl.DataFrame:
        """Forecasts of known rows by the network and the baselines, as in backtest.parquet.

        They are read from there if it was written, as all of them may take much memory.

        Raises:
            InputError: the file is gone, or another training has replaced it.
        """
        if self.stored is not None:
            return self.stored.read()
        assert self.table is not None, "what is not stored is kept"
        return published(self.table, self.model.panel, self.model.forecaster.task)

    @property
    def publishes(self) -> bool:
        """Whether there is a forecast to write."""
        return self.forecast is not None and self.shut is None
