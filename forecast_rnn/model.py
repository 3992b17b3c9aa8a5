"""A trained network with the series it knows: loading it, and forecasting with it."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from forecast_rnn.ahead import Data, check_sources, look_ahead, panel_of, steps_ahead
from forecast_rnn.data import origins
from forecast_rnn.data.panel import Panel
from forecast_rnn.data.read import refuse_warnings
from forecast_rnn.fallback import about_fallback, with_fallback
from forecast_rnn.neural.forecaster import Forecaster
from forecast_rnn.neural.runtime import choose_device, prepare
from forecast_rnn.neural.saving import load_model
from forecast_rnn.newdata import (
    about_new_data,
    about_new_names,
    check_frequency,
    check_lengths,
    with_ids_of_training,
)
from forecast_rnn.output.folder import BUNDLE
from forecast_rnn.output.publish import published
from forecast_rnn.tables import FORECAST, ITEM, STEP


@dataclass(frozen=True, slots=True)
class Prediction:
    """A forecast as users see it.

    Attributes:
        table: The id columns, the time column, `forecast` and the quantile columns.
        warnings: What a user should know, one sentence each.
        fallback: Names of the series that the seasonal naive forecasts, as the network cannot.
        missing: Names of the series that have no forecast, for they hold no value.
    """

    table: pl.DataFrame
    warnings: tuple[str, ...]
    fallback: tuple[str, ...]
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

    def predict(
        self, data: Data | None = None, *, future: Data | None = None, strict: bool = False
    ) -> Prediction:
        """Forecast after the last row of each series.

        Args:
            data: The series with their newest rows; None for the series as they were
                at training.
            future: The known columns of the steps ahead, where the series themselves do not
                go on with rows that have no target.
            strict: Whether a warning is an error.

        Raises:
            DataError: the data cannot be read, are not of the frequency trained on, or have
                too few rows; or known columns end at different steps.
            ConfigError: known columns do not go on at all.
        """
        check_sources(data, future)
        panel, warnings = (self.panel, ()) if data is None else self._read(data)
        forecaster, task = self.forecaster, self.forecaster.task
        panel, said = look_ahead(panel, future, task.horizon)
        steps, short = steps_ahead(panel, task.horizon)
        encoding = forecaster.encoding
        new = about_new_names(panel, dict(zip(encoding.categorical, encoding.names, strict=True)))
        warnings += said + short + new
        rows, window_length = origins.last(panel), forecaster.model.window_length
        table, filled = with_fallback(forecaster.forecast(panel, rows), panel, rows, task)
        warnings += about_fallback(panel, filled, window_length, task)
        if strict:
            refuse_warnings(warnings)
        table = table.drop_nulls(FORECAST).filter(pl.col(STEP) <= steps)
        names, known = panel.names(), set(table[ITEM])
        return Prediction(
            table=published(table, panel, task),
            warnings=warnings,
            fallback=tuple(names[item] for item in panel.item_of(filled)),
            missing=tuple(name for item, name in enumerate(names) if item not in known),
        )

    def _read(self, data: Data) -> tuple[Panel, tuple[str, ...]]:
        """Read new data and compare them with those of training."""
        forecaster = self.forecaster
        panel, findings = panel_of(data, forecaster.schema.hints())
        check_frequency(panel, forecaster.frequency)
        panel, unused = with_ids_of_training(panel, self.panel)
        short = check_lengths(panel, self.panel, forecaster.model.window_length)
        odd = about_new_data(panel, self.panel, forecaster.transform)
        return panel, (*findings.warnings, *unused, *short, *odd)


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
