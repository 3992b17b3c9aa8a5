"""What evaluating a network takes, of one that forecasts values and of one that forecasts classes.

`evaluate` and `complete` look here and nowhere else for what differs between the two.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl

from forecast_rnn.baselines import baseline_table
from forecast_rnn.baselines.fallback import StandIn, seasonal_table
from forecast_rnn.baselines.simple import Rows
from forecast_rnn.config import Task
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.evaluation.backtest import ForecastFn
from forecast_rnn.evaluation.class_verdict import class_verdict
from forecast_rnn.evaluation.verdict import Verdict, verdict
from forecast_rnn.forecasting.protocol import AnyForecaster
from forecast_rnn.kinds import CLASSES, VALUES, Kind
from forecast_rnn.system.processes import Processes

Settings = dict[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What evaluating a network of a kind takes.

    Attributes:
        baselines: Makes what the network is held against, by name, of the network, of the names
            in `BASELINES` that were asked for, and of the processes to share the work out to.
        with_outcomes: Makes a backtest's `actual`, which are values, into what is forecast.
        verdict: Judges a backtest, given the word for what is judged.
        stand_in: Makes what forecasts where the network cannot.
        settings: Tells what only networks of this kind have.
    """

    baselines: Callable[[AnyForecaster, Iterable[str], Processes], dict[str, ForecastFn]]
    with_outcomes: Callable[[pl.DataFrame, AnyForecaster, Panel, Rows], pl.DataFrame]
    verdict: Callable[[pl.DataFrame, Task, str], Verdict]
    stand_in: Callable[[AnyForecaster], StandIn]
    settings: Callable[[AnyForecaster], Settings]


def _value_baselines(
    forecaster: AnyForecaster, names: Iterable[str], processes: Processes
) -> dict[str, ForecastFn]:
    task = forecaster.task
    return {name: partial(baseline_table, name, task=task, processes=processes) for name in names}


# Only networks forecast classes, and what these take is loaded with torch.


def _class_baselines(
    forecaster: Any, names: Iterable[str], processes: Processes
) -> dict[str, ForecastFn]:
    """Return all there are, whatever was asked for: baselines of values have no classes."""
    from forecast_rnn.neural.inference.direction import class_baselines

    return class_baselines(forecaster)


def _with_classes(table: pl.DataFrame, forecaster: Any, panel: Panel, rows: Rows) -> pl.DataFrame:
    from forecast_rnn.neural.inference.direction import with_classes

    return with_classes(table, forecaster, panel, rows)


def _class_stand_in(forecaster: Any) -> StandIn:
    from forecast_rnn.neural.inference.direction import climatology

    return partial(climatology, forecaster)


def _class_settings(forecaster: Any) -> Settings:
    edges = forecaster.classes.edges
    return {"classes": len(edges) + 1, "edges": ", ".join(f"{edge:.4g}" for edge in edges)}


EVALUATIONS: Mapping[Kind, Evaluation] = {
    VALUES: Evaluation(
        baselines=_value_baselines,
        with_outcomes=lambda table, forecaster, panel, rows: table,
        verdict=lambda table, task, subject: verdict(table, task, subject=subject),
        stand_in=lambda forecaster: partial(seasonal_table, task=forecaster.task),
        settings=lambda forecaster: {},
    ),
    CLASSES: Evaluation(
        baselines=_class_baselines,
        with_outcomes=_with_classes,
        verdict=lambda table, task, subject: class_verdict(table, task),
        stand_in=_class_stand_in,
        settings=_class_settings,
    ),
}
