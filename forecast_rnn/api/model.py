"""A trained network with the series it knows: loading it, and forecasting with it."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.api.complete import complete_forecast
from forecast_rnn.api.inputs import Data, check_sources, look_ahead, panel_of, steps_ahead
from forecast_rnn.api.prediction import Prediction, prediction_of
from forecast_rnn.baselines.fallback import (
    METHOD,
    about_fallback,
    about_weak,
    fallback_quantiles,
)
from forecast_rnn.config import check_is_number
from forecast_rnn.data.panels import origins
from forecast_rnn.data.panels.append import appended
from forecast_rnn.data.panels.newdata import (
    Ranges,
    about_new_data,
    about_new_names,
    about_values,
    check_frequency,
    check_lengths,
    place_at_training,
    ranges_of,
    with_ids_of_training,
)
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.read import refuse_warnings
from forecast_rnn.errors import check_range
from forecast_rnn.forecasting.paths import from_quantiles, normal_paths
from forecast_rnn.forecasting.protocol import AnyForecaster
from forecast_rnn.neural.bundle.models import load as load_bundle
from forecast_rnn.output.folder import BUNDLE
from forecast_rnn.output.publish import published, published_paths
from forecast_rnn.tables import FORECAST, ITEM, MODEL, STEP, path_table

if TYPE_CHECKING:
    from forecast_rnn.neural.inference.states import Memory

MOST_PATHS = 100_000


@dataclass(frozen=True, slots=True)
class Model:
    """A trained network and the series it was trained on.

    Attributes:
        forecaster: The network.
        panel: The series as they were at training.
        memory: What the network knows after the last rows of `panel`, and of nothing else, once
            an update has read them.
        ranges: Of their values, once an update has looked through them.
    """

    forecaster: AnyForecaster
    panel: Panel
    memory: "Memory | None" = field(default=None, repr=False, compare=False)
    ranges: Ranges | None = field(default=None, repr=False, compare=False)

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
        panel, steps, warnings = self._ahead(data, future)
        task, rows = self.forecaster.task, origins.shown(panel)
        table, filled, more = self._forecast(panel, rows, self._memory_for(data))
        warnings += more
        if strict:
            refuse_warnings(warnings)
        if steps < task.horizon or table[FORECAST].null_count():  # to filter makes a copy
            table = table.filter(pl.col(FORECAST).is_not_null() & (pl.col(STEP) <= steps))
        marked = self.forecaster.fallback is not None
        shown_table = published(table, panel, task, marked=marked, whole=self.forecaster.whole)
        return prediction_of(shown_table, panel, filled, table[ITEM], warnings)

    def update(
        self, data: Data, *, future: Data | None = None, strict: bool = False
    ) -> tuple["Model", Prediction]:
        """Take in new rows of the series, and forecast after them.

        The networks go on from where they stood, so that they read the new rows and not the
        history. Each row of a stride has a state of its own: where one begins,
        at first or anew, it costs what `predict` does. A forecast rests on as much context as
        that of `predict` on all rows, or on up to twice as much.

        Args:
            data: Rows later than the last ones of their series; some series may have none.
            future: As in `predict`.
            strict: As in `predict`.

        Returns:
            The model that knows these rows, which goes on with the next ones, and its forecast
            of all series. This model stays what it was.

        Raises:
            DataError: as `predict` does; or a row is not new, or not of a series that is known.
            ConfigError: as `predict` does; or the networks have attention or dilation, and so
                keep no state.
        """
        forecaster, schema = self.forecaster, self.panel.schema
        memory = self.memory or forecaster.remember(self.panel)
        hints = replace(schema.hints(), frequency=forecaster.frequency.every)
        new, findings = panel_of(data, hints)
        new, unused = with_ids_of_training(new, self.panel)
        place = place_at_training(new, self.panel)
        panel, gaps = appended(self.panel, new, place)
        ranges = self.ranges or ranges_of(self.panel)
        odd = about_values(new, ranges, place, forecaster.transform)
        # Where gaps are filled there may be values that nobody gave.
        grown = ranges.with_rows(ranges_of(new), place) if schema.missing == "keep" else None
        warnings = (*findings.warnings, *unused, *gaps, *odd)
        if strict:
            refuse_warnings(warnings)
        model = Model(forecaster, panel, forecaster.remember(panel, memory), grown)
        prediction = model.predict(future=future, strict=strict)
        return model, replace(prediction, warnings=warnings + prediction.warnings)

    def paths(
        self,
        count: int,
        data: Data | None = None,
        *,
        seed: int = 0,
        future: Data | None = None,
        strict: bool = False,
    ) -> Prediction:
        """Draw what may come after the last row of each series.

        Each step of a path is a draw from the forecast of that step; the steps of a path
        hang together as those of the backtest did (`forecast_rnn.forecasting.paths`).

        Args:
            count: Paths of each series.
            data: As in `predict`.
            seed: The same seed gives the same paths.
            future: As in `predict`.
            strict: As in `predict`.

        Returns:
            A table of the id columns, the time column, `path` (1 to `count`) and `value`.

        Raises:
            DataError: as `predict` does.
            ConfigError: as `predict` does; the number of paths or the seed is out of range; or
                the model forecasts classes.
        """
        check_range("paths", count, 1, MOST_PATHS)
        check_range("seed", seed, 0, 2**31 - 1)
        check_is_number(
            self.forecaster.task.kind,
            "the model forecasts classes of the change, and paths are made of values; leave "
            "out --paths, or train with another --head.",
        )
        panel, steps, warnings = self._ahead(data, future)
        task, rows = self.forecaster.task, origins.last(panel)
        memory = self._memory_for(data)
        _, filled, more = self._forecast(panel, rows, memory)
        warnings += more
        if strict:
            refuse_warnings(warnings)
        shape = (len(rows), count, task.horizon)
        scores = normal_paths(shape, self.forecaster.dependence, seed)
        values = self.forecaster.values(panel, rows, scores, memory)
        if len(filled):
            place, quantiles = np.isin(rows, filled), fallback_quantiles(panel, filled, task)
            simple = from_quantiles(quantiles, task.quantile_levels, scores[place])
            values[place] = np.rint(simple) if self.forecaster.whole else simple
        table = path_table(origins.located(panel, rows), values).filter(pl.col(STEP) <= steps)
        shown_table = published_paths(table, panel, whole=self.forecaster.whole)
        return prediction_of(shown_table, panel, filled, table[ITEM], warnings)

    def _ahead(self, data: Data | None, future: Data | None) -> tuple[Panel, int, tuple[str, ...]]:
        """Return the series with what is known ahead, the steps to forecast, and warnings."""
        check_sources(data, future)
        panel, warnings = (self.panel, ()) if data is None else self._read(data)
        forecaster, horizon = self.forecaster, self.forecaster.task.horizon
        panel, more = look_ahead(panel, future, horizon)
        encoding = forecaster.encoding
        # Known columns that are not read need not be known.
        steps, short = steps_ahead(panel, horizon) if encoding.known else (horizon, ())
        new = about_new_names(panel, dict(zip(encoding.categorical, encoding.names, strict=True)))
        return panel, steps, warnings + more + short + new

    def _memory_for(self, data: Data | None) -> "Memory | None":
        """Return the memory where the series are the model's own; other data are read anew."""
        return self.memory if data is None else None

    def _forecast(
        self, panel: Panel, rows: NDArray[np.int64], memory: "Memory | None"
    ) -> tuple[pl.DataFrame, NDArray[np.int64], tuple[str, ...]]:
        """Forecast; return the table, the origins that the fallback forecast, and why."""
        forecaster, given = self.forecaster, set(self.forecaster.fallback or ())
        weak = np.zeros(len(rows), dtype=np.bool_)
        if given:
            ids = panel.ids(panel.item_of(rows).tolist())
            weak = np.array([one in given for one in ids], dtype=np.bool_)
        table, filled = complete_forecast(forecaster, panel, rows, weak, memory)
        if len(filled):
            by_other = pl.col(ITEM).is_in(panel.item_of(filled).tolist())
            method = pl.when(by_other).then(pl.lit(METHOD)).otherwise(pl.col(MODEL))
            table = table.with_columns(method.alias(MODEL))
        window_length = forecaster.model.window_length
        better = np.intersect1d(filled, rows[weak])
        other = np.setdiff1d(filled, better)
        more = about_fallback(panel, other, window_length, forecaster.task)
        return table, filled, more + about_weak(panel, better)

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

    Args:
        model: The folder.
        device: What networks are to compute on: `cpu`, `cuda`, `mps`, or `auto` for the fastest
            there is.
        threads: Of the processor, for this model alone; None for all that may be used.

    Raises:
        InputError: there is nothing at the path.
        BundleError: the bundle is damaged or incompatible.
        ConfigError: the machine has no such device.
    """
    folder = Path(model)
    inner = folder / BUNDLE
    return Model(*load_bundle(inner if inner.is_dir() else folder, device, threads))
