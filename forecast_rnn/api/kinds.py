"""What evaluating a network takes, of one that forecasts values and of one that forecasts classes.

`evaluate` and `complete` look here and nowhere else for what differs between the two.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import polars as pl

from forecast_rnn.api.intervals import about_intervals
from forecast_rnn.baselines import baseline_table
from forecast_rnn.baselines.fallback import StandIn, seasonal_table
from forecast_rnn.baselines.simple import Rows
from forecast_rnn.config import Task
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.evaluation.backtest import ForecastFn
from forecast_rnn.evaluation.class_verdict import class_verdict
from forecast_rnn.evaluation.metrics import comparable
from forecast_rnn.evaluation.verdict import NETWORK, Verdict, verdict
from forecast_rnn.kinds import CLASSES, VALUES, Kind
from forecast_rnn.neural.fitting.fitted import Tested
from forecast_rnn.neural.inference.direction import class_baselines, climatology, with_classes
from forecast_rnn.neural.inference.forecaster import Forecaster
from forecast_rnn.system.processes import Processes
from forecast_rnn.tables import rows_of_model

Settings = dict[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What evaluating a network of a kind takes.

    Attributes:
        baselines: Makes what the network is held against, by name, of the network, of the names
            in `BASELINES` that were asked for, and of the processes to share the work out to.
        with_outcomes: Makes a backtest's `actual`, which are values, into what is forecast.
        verdict: Judges a backtest, given the network that was tested and what `uncalibrated`
            returned of it.
        stand_in: Makes what forecasts where the network cannot.
        settings: Tells what only networks of this kind have.
    """

    baselines: Callable[[Forecaster, Iterable[str], Processes], dict[str, ForecastFn]]
    with_outcomes: Callable[[pl.DataFrame, Forecaster, Panel, Rows], pl.DataFrame]
    verdict: Callable[[pl.DataFrame, Tested, Task, pl.DataFrame | None], Verdict]
    stand_in: Callable[[Forecaster], StandIn]
    settings: Callable[[Forecaster], Settings]


def _value_baselines(
    forecaster: Forecaster, names: Iterable[str], processes: Processes
) -> dict[str, ForecastFn]:
    task = forecaster.task
    return {name: partial(baseline_table, name, task=task, processes=processes) for name in names}


def _value_verdict(
    table: pl.DataFrame, tested: Tested, task: Task, before: pl.DataFrame | None
) -> Verdict:
    """Judge a backtest of values, and say how well intervals held where a network was tested."""
    judged = verdict(table, task)
    if tested.forecaster is None:
        return judged
    rows = rows_of_model(comparable(table), NETWORK)
    return replace(judged, sentences=judged.sentences + about_intervals(rows, task, before))


def _class_settings(forecaster: Forecaster) -> Settings:
    edges = forecaster.classes.edges
    return {"classes": len(edges) + 1, "edges": ", ".join(f"{edge:.4g}" for edge in edges)}


EVALUATIONS: Mapping[Kind, Evaluation] = {
    VALUES: Evaluation(
        baselines=_value_baselines,
        with_outcomes=lambda table, forecaster, panel, rows: table,
        verdict=_value_verdict,
        stand_in=lambda forecaster: partial(seasonal_table, task=forecaster.task),
        settings=lambda forecaster: {},
    ),
    CLASSES: Evaluation(
        # All there are, whatever was asked for: baselines of values have no classes.
        baselines=lambda forecaster, names, processes: class_baselines(forecaster),
        with_outcomes=with_classes,
        verdict=lambda table, tested, task, before: class_verdict(table, task),
        stand_in=lambda forecaster: partial(climatology, forecaster),
        settings=_class_settings,
    ),
}
