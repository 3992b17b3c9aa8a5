"""What there is to judge and to write, however it was made."""

from collections.abc import Mapping
from dataclasses import dataclass

from forecast_rnn.api.kinds import Settings
from forecast_rnn.evaluation.verdict import NETWORK
from forecast_rnn.evaluation.worth import Worth
from forecast_rnn.forecasting.protocol import AnyForecaster, AnyTested


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A forecaster that knows all rows, and the like of it that shows what it is worth.

    Attributes:
        forecaster: It forecasts what is to come.
        tested: The like of it, which knows nothing of the rows of the backtest.
        settings: How it came about.
        subject: What it is called in a verdict, in a word.
        together: As in `forecast_as_published`.
        worth: Of each source that it combines; none if it combines nothing.
        trials: As in `Outcome`.
        curve: As in `Outcome`.
    """

    forecaster: AnyForecaster
    tested: AnyTested
    settings: Settings
    subject: str = NETWORK
    together: bool = False
    worth: tuple[Worth, ...] = ()
    trials: tuple[Mapping[str, str | int | float], ...] = ()
    curve: tuple[tuple[int, float], ...] = ()
