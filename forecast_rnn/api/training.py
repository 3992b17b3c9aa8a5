"""What `train` makes: networks, and the like of them that shows what they are worth."""

from dataclasses import asdict

from forecast_rnn.api.evaluate import settings_of
from forecast_rnn.api.made import Made
from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.evaluation.verdict import NETWORK
from forecast_rnn.neural.fitting.fit import fit
from forecast_rnn.neural.fitting.selection import Trial
from forecast_rnn.progress import OnProgress

SUBJECT = "forecast"
"""What is judged where networks are combined with others."""


def make_networks(panel: Panel, task: Task, config: TrainConfig, on_progress: OnProgress) -> Made:
    """Train on series.

    Raises:
        TrainingError: training diverged.
    """
    fitted = fit(panel, task, config, on_progress)
    tested = fitted.tested
    return Made(
        forecaster=fitted.forecaster,
        tested=tested,
        settings=settings_of(fitted.forecaster, tested, config),
        trials=tuple(_trial(trial) for trial in tested.trials),
        curve=fitted.curve,
        subject=NETWORK if tested.mixture is None else SUBJECT,
        worth=() if tested.mixture is None else tested.mixture.worth,
    )


def _trial(trial: Trial) -> dict[str, str | int | float]:
    """Tell a trial by the names of the settings."""
    recipe = trial.recipe
    return {
        **asdict(recipe.model),
        "batch_size": recipe.batch_size,
        "learning_rate": recipe.learning_rate,
        "steps": trial.steps,
        "score": trial.score,
    }
