"""A trained network with the series it knows: loading it, and forecasting with it."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from forecast_rnn.data import origins
from forecast_rnn.data.panel import Panel
from forecast_rnn.data.read import Findings, panel_from_frame, read_panel, refuse_warnings
from forecast_rnn.data.schema import Hints
from forecast_rnn.errors import DataError
from forecast_rnn.neural.forecaster import Forecaster
from forecast_rnn.neural.runtime import choose_device, prepare
from forecast_rnn.neural.saving import load_model
from forecast_rnn.output.folder import BUNDLE
from forecast_rnn.output.publish import published
from forecast_rnn.tables import FORECAST, ITEM

Data = Path | str | pl.DataFrame


@dataclass(frozen=True, slots=True)
class Prediction:
    """A forecast as users see it.

    Attributes:
        table: The id columns, the time column, `forecast` and the quantile columns.
        warnings: What a user should know, one sentence each.
        missing: Names of the series that have no forecast.
    """

    table: pl.DataFrame
    warnings: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A trained network and the series it was trained on.

    Attributes:
        forecaster: The network.
        panel: The series as they were at training.
    """

    forecaster: Forecaster
    panel: Panel

    def predict(self, data: Data | None = None, *, strict: bool = False) -> Prediction:
        """Forecast after the last row of each series.

        Args:
            data: The series with their newest rows; None for the series as they were
                at training.
            strict: Whether a warning about the data is an error.

        Raises:
            DataError: the data cannot be read, or are not of the frequency trained on.
        """
        panel, warnings = (self.panel, ()) if data is None else self._read(data)
        if strict:
            refuse_warnings(warnings)
        rows = origins.last(panel)
        table = self.forecaster.forecast(panel, rows)
        without = table.filter(pl.col(FORECAST).is_null())[ITEM].unique()
        names = panel.names()
        missing = tuple(names[item] for item in without.sort())
        known = table.filter(pl.col(FORECAST).is_not_null())
        return Prediction(published(known, panel, self.forecaster.task), warnings, missing)

    def _read(self, data: Data) -> tuple[Panel, tuple[str, ...]]:
        frequency = self.forecaster.frequency
        panel, findings = panel_of(data, self.forecaster.schema.hints())
        if panel.frequency != frequency:
            raise DataError(
                f"the model was trained on steps of {frequency.every}, but the data have steps "
                f"of {panel.frequency.every}. Give data of that frequency, or train again."
            )
        odd = _about_signs(panel, self.forecaster)
        return panel, (*findings.warnings, *_about_new_series(panel, self.panel), *odd)


def load(model: Path | str, *, device: str = "auto", threads: int | None = None) -> Model:
    """Load what `train` wrote: the output folder, or the bundle in it.

    Raises:
        InputError: there is nothing at the path.
        BundleError: the bundle is damaged or incompatible.
    """
    folder = Path(model)
    inner = folder / BUNDLE
    prepare(threads)
    return Model(*load_model(inner if inner.is_dir() else folder, choose_device(device)))


def panel_of(data: Data, hints: Hints) -> tuple[Panel, Findings]:
    """Read a file, standard input or a table.

    Raises:
        InputError: the input is not there.
        DataError: it cannot be used as it is.
    """
    if isinstance(data, pl.DataFrame):
        return panel_from_frame(data, hints)
    return read_panel("-" if data == "-" else Path(data), hints)


def _about_signs(panel: Panel, forecaster: Forecaster) -> tuple[str, ...]:
    count = forecaster.transform.outside(panel.values)
    if not count:
        return ()
    kind = "positive" if forecaster.transform.name == "log" else "zero or positive"
    return (
        f"{count} values are not {kind}, as all were at training; the network takes them as "
        "missing. Train again if they are right.",
    )


def _about_new_series(panel: Panel, known: Panel) -> tuple[str, ...]:
    ids = panel.items.columns
    if not ids:
        return ()
    is_new = panel.items.join(
        known.items.with_columns(known=True), on=ids, how="left", maintain_order="left"
    )["known"].is_null()
    new = [name for name, unseen in zip(panel.names(), is_new, strict=True) if unseen]
    if not new:
        return ()
    shown = ", ".join(new[:5]) + (", …" if len(new) > 5 else "")
    return (
        f"{len(new)} series were not there at training and are forecast all the same: {shown}.",
    )
