"""The pictures of `predict --plot`, on standard error."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from forecast_rnn.cli.console import show_lines, show_text, width_of_talk
from forecast_rnn.config import check_is_number

if TYPE_CHECKING:
    from forecast_rnn.api.prediction import Prediction
    from forecast_rnn.config import Task

STYLES = {"m": "bold blue", "i": "blue"}


def check_pictures(task: "Task") -> None:
    """Raise ConfigError for forecasts that cannot be drawn."""
    check_is_number(
        task.kind, "--plot draws values, and the model forecasts classes; leave it out."
    )


def show_pictures(prediction: "Prediction", task: "Task", names: Sequence[str]) -> None:
    """Draw the series that were named, or the first few."""
    from forecast_rnn.output import plot

    width, signs = width_of_talk(), plot.signs_for(getattr(sys.stderr, "encoding", None))
    drawn = plot.curves(prediction.table, prediction.panel, task, names)
    for curve in drawn:
        show_lines([*plot.draw(curve, width=width, signs=signs), ("", "")], STYLES)
    if drawn:
        show_lines([plot.legend(task, signs)], STYLES)
    more = len(prediction.panel.names()) - len(prediction.missing) - len(drawn)
    if more > 0 and not names:
        show_text(f"{more:,} more series; --series NAME draws one of them.")
