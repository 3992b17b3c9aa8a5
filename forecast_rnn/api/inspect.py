"""Looking into a data file or a model: what the command `inspect` does.

from forecast_rnn import inspect
seen = inspect("sales.csv")
seen.facts                            # what training would take the data to be
seen.series                           # a Polars table, a row a series
"""

import shlex
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from forecast_rnn.api.inputs import Data, panel_of, usual_task
from forecast_rnn.api.reproduce import command_of
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.panels.profile import profile, totals
from forecast_rnn.data.read import refuse_warnings
from forecast_rnn.output.folder import BUNDLE

if TYPE_CHECKING:
    from forecast_rnn.api.model import Model


@dataclass(frozen=True, slots=True)
class Inspected:
    """What is in a data file or a model.

    Attributes:
        facts: What training takes the data to be, or took them to be, by name.
        season: Rows in a season.
        horizon: Steps that would be forecast, or that the model forecasts.
        warnings: What a user should know of the data, one sentence each.
        command: What to do next: train on the data, read in the same way, or predict.
        panel: The series.
        model: The model; None for data.
        description: What the manifest of the model says of it, as JSON; None for data.
    """

    facts: dict[str, str]
    season: int
    horizon: int
    warnings: tuple[str, ...]
    command: str
    panel: Panel = field(repr=False)
    model: "Model | None" = field(default=None, repr=False)
    description: dict[str, Any] | None = field(default=None, repr=False)

    @property
    def columns(self) -> dict[str, str | tuple[str, ...] | None]:
        """The columns in use by role; no target means all, of a wide file."""
        hints = self.panel.schema.hints()
        roles = {"time": hints.time, "id": hints.item_id, "target": hints.target}
        return {**roles, **_beside(hints)}

    @property
    def series(self) -> pl.DataFrame:
        """A row a series: `series` its name, `rows`, `from`, `to`, `missing`, range and `shape`.

        The table is as `forecast_rnn.data.panels.profile` has it, and made anew each time.
        """
        return profile(self.panel)

    @property
    def totals(self) -> dict[str, int | float | None]:
        """The same of all series: `series`, `rows`, `missing`, `minimum`, `mean`, `maximum`."""
        return totals(self.series)


def inspect(data: Data, *, hints: Hints | None = None, strict: bool = False) -> Inspected:
    """Read a data file as training would, or check a model from checksums to weights.

    Args:
        data: A CSV, TSV, Parquet or xlsx file, `-` for standard input, or a table; or the folder
            of a model.
        hints: Columns and frequency of data where they should not be found by themselves.
        strict: Whether a warning about the data is an error.

    Raises:
        InputError: there is nothing at the path.
        DataError: the data cannot be used; `faults` are the first places that are wrong.
        BundleError: the model is damaged or incompatible.
    """
    if isinstance(data, str | PathLike) and data != "-" and Path(data).is_dir():
        return _of_model(Path(data))
    hints = hints or Hints()
    panel, findings = panel_of(data, hints)
    if strict:
        refuse_warnings(findings.warnings)
    task = usual_task(panel, None)
    return Inspected(
        facts=findings.facts,
        season=task.season_length,
        horizon=task.horizon,
        warnings=findings.warnings,
        command=command_of("train", data, hints, {}),
        panel=panel,
    )


def _of_model(folder: Path) -> Inspected:
    # Torch is needed for models only.
    from forecast_rnn.api.model import load
    from forecast_rnn.neural.bundle.folder import read_bundle

    model = load(folder, device="cpu")
    inner = folder / BUNDLE
    panel, schema, task = model.panel, model.forecaster.schema, model.forecaster.task
    return Inspected(
        facts={
            "time": f"{schema.timestamp} ({panel.frequency.every})",
            "id": ", ".join(schema.item_id) or "one series",
            "target": schema.target,
            **{role: ", ".join(names) for role, names in _beside(schema.hints()).items()},
            "series": f"{len(panel.names()):,} with {len(panel.values):,} rows",
        },
        season=task.season_length,
        horizon=task.horizon,
        warnings=(),
        command=shlex.join(["forecast-rnn", "predict", str(folder)]),
        panel=panel,
        model=model,
        description=read_bundle(inner if inner.is_dir() else folder).description,
    )


def _beside(hints: Hints) -> dict[str, tuple[str, ...]]:
    """Return what there is to know beside the target, by role."""
    roles = {
        "static": hints.static,
        "past": hints.past,
        "known": hints.known,
        "holidays": hints.holidays,
    }
    return {role: names for role, names in roles.items() if names}
