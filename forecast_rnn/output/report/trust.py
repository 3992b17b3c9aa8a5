"""How far a forecast can be trusted, in a few words and figures beside it."""

import polars as pl

from forecast_rnn.config import Task
from forecast_rnn.data.words import counted
from forecast_rnn.evaluation.significance import MORE
from forecast_rnn.evaluation.verdict import NETWORK, SEASONAL_NAIVE, Verdict
from forecast_rnn.output.readable import number, percent, plain
from forecast_rnn.output.report.evidence import baseline_label, best_label
from forecast_rnn.output.report.outcome import Outcome
from forecast_rnn.tables import MODEL

Tile = tuple[str, str, str]
"""What a figure is of, the figure, and what to hold it against."""


def standing(verdict: Verdict) -> str:
    """Say in a few words whether the network beats the best baseline by more than chance."""
    if not verdict.errors:
        return "Not tested"
    comparison = verdict.comparison
    if comparison is None or comparison.words != MORE:
        return "No clear winner"
    if verdict.errors[NETWORK] < verdict.errors[str(verdict.best_baseline)]:
        return "Better than every baseline"
    return f"Worse than {best_label(verdict)}"


def interval_of(task: Task) -> str:
    """Return the share that the widest interval should hold."""
    return percent(task.quantile_levels[-1] - task.quantile_levels[0])


def tiles(outcome: Outcome) -> list[Tile]:
    """Return the figures beside the forecast; none if nothing was tested."""
    verdict, task = outcome.verdict, outcome.task
    if not verdict.errors:
        return []
    error = f"{verdict.metric.upper()} {number(verdict.errors[NETWORK])}"
    against = number(verdict.errors[SEASONAL_NAIVE])
    shown = [(f"Error against {baseline_label(task)}", *_change(verdict.skill, error, against))]
    if verdict.best_baseline not in (None, SEASONAL_NAIVE):
        best = str(verdict.best_baseline)
        against, name = number(verdict.errors[best]), plain(best.replace("_", " "))
        shown.append(
            (f"Error against the best, {name}", *_change(verdict.best_skill, error, against))
        )
    scores = dict(outcome.scores.filter(pl.col(MODEL) == NETWORK).select("metric", "value").rows())
    share = next((scores[name] for name in scores if name.startswith("coverage")), None)
    if share is not None:
        shown.append(("Inside the interval", percent(share), f"should be {interval_of(task)}"))
    if verdict.series > 1:
        better = f"{verdict.series_won:,} of {verdict.series:,}"
        shown.append(("Series forecast better", better, f"than by the {baseline_label(task)}"))
    else:
        shown.append(
            ("Tested on", counted(verdict.windows, "forecast"), f"of {task.horizon:,} steps")
        )
    return shown


def _change(skill: float | None, error: str, against: str) -> tuple[str, str]:
    figures = f"{error} against {against}"
    if skill is None:
        return "-", figures
    if skill < -1:
        return f"{1 - skill:.1f} times", figures
    return f"{percent(abs(skill))} {'lower' if skill >= 0 else 'higher'}", figures
