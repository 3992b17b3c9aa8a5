"""What a backtest of classes says of the network, in plain words and without mercy."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import polars as pl

from forecast_rnn.config import Task
from forecast_rnn.evaluation.class_metrics import confidence
from forecast_rnn.evaluation.metrics import comparable, series_scores
from forecast_rnn.evaluation.significance import Comparison, compare
from forecast_rnn.evaluation.verdict import NETWORK, SEASONAL_NAIVE, Verdict, caveats, skill_of
from forecast_rnn.tables import ACTUAL, CUTOFF, FORECAST, ITEM, MODEL, models_of, rows_of_model

CLIMATOLOGY = "climatology"
ERROR_RATE = "error_rate"
NAMES = {
    CLIMATOLOGY: "climatology (the class frequencies of training)",
    "majority": "the commonest class",
    SEASONAL_NAIVE: "the seasonal naive",
    "seasonal_climatology": "the seasonal climatology (the class frequencies of the season)",
}
_CALIBRATED = 0.03  # a mean probability so near to the share that came true is fine


def class_verdict(table: pl.DataFrame, task: Task) -> Verdict:
    """Judge a backtest of classes: the network against every baseline in it.

    The error is the share of forecasts whose most probable class did not come true, a mean
    over series.
    """
    rows = comparable(table)
    models = models_of(rows)
    if not {NETWORK, SEASONAL_NAIVE} <= {*models}:
        return Verdict(sentences=("No verdict: no series has known rows to compare with.",))
    each = series_scores(rows, task)
    by_series = each.pivot(on=MODEL, index=ITEM, values="accuracy")
    errors = {model: 1 - float(by_series[model].to_numpy().mean()) for model in models}
    baselines = [model for model in models if model != NETWORK]
    best = min(baselines, key=lambda model: errors[model])
    judged = Verdict(
        sentences=(),
        metric=ERROR_RATE,
        errors=errors,
        skill=skill_of(errors[NETWORK], errors[SEASONAL_NAIVE]),
        best_baseline=best,
        best_skill=skill_of(errors[NETWORK], errors[best]),
        series_won=by_series.filter(pl.col(NETWORK) > pl.col(SEASONAL_NAIVE)).height,
        series=by_series.height,
        windows=rows.select(ITEM, CUTOFF).n_unique(),
        comparison=_compared(rows, task, best),
    )
    return replace(judged, sentences=tuple(_sentences(judged, rows, each, task)))


def _compared(rows: pl.DataFrame, task: Task, best: str) -> Comparison:
    """Compare the shares of wrong classes; the other way round, as the accuracy is the opposite."""
    comparison = compare(rows, task, models=(best, NETWORK), metric="accuracy")
    return replace(comparison, model=NETWORK, against=best, metric=ERROR_RATE)


def _sentences(
    judged: Verdict, rows: pl.DataFrame, each: pl.DataFrame, task: Task
) -> Iterator[str]:
    best = str(judged.best_baseline)
    yield _against(judged, best, task)
    if best != SEASONAL_NAIVE:
        naive = _percent(1 - judged.errors[SEASONAL_NAIVE])
        yield f"What {_name(SEASONAL_NAIVE, task)} implies is right in {naive}."
    if judged.series > 1:
        yield (
            f"The network is right more often than {_name(SEASONAL_NAIVE, task)} on "
            f"{judged.series_won:,} of {judged.series:,} series."
        )
    losses = dict(each.group_by(MODEL).agg(pl.col("log_loss").mean()).rows())
    yield _about_losses(losses)
    yield _about_calibration(rows_of_model(rows, NETWORK), task.classes)
    yield from caveats(judged)


def _against(judged: Verdict, best: str, task: Task) -> str:
    ours, theirs = 1 - judged.errors[NETWORK], 1 - judged.errors[best]
    figures = f"the network is right in {_percent(ours)} of the cases, {_name(best, task)}"
    if ours == theirs:
        return f"The network is as good as the best baseline, and no better: {figures} as well."
    figures = f"{figures} in {_percent(theirs)}"
    if ours > theirs:
        return f"The network beats the best baseline: {figures}."
    return f"The network does not beat the best baseline: {figures}."


def _about_losses(losses: Mapping[str, float | None]) -> str:
    """Compare the network's probabilities with the best ones that a baseline has."""
    given = {model: loss for model, loss in losses.items() if loss is not None}
    ours = given.pop(NETWORK)
    best = min(given, key=lambda model: given[model])
    name = NAMES[best].split(" (")[0]
    figures = f"of {name} (log loss {ours:.3f} against {given[best]:.3f})"
    worth = "better" if ours < given[best] else "no better"
    return f"Its probabilities are {worth} than those {figures}."


def _about_calibration(rows: pl.DataFrame, classes: int) -> str:
    """Say whether probabilities can be taken at their word."""
    sure, right = rows.select(
        confidence(classes).mean().alias("sure"),
        (pl.col(FORECAST) == pl.col(ACTUAL)).mean().alias("right"),
    ).row(0)
    figures = f"its class has {_percent(sure)} on average and comes true in {_percent(right)}"
    if abs(sure - right) <= _CALIBRATED:
        return f"The probabilities are about right: {figures}."
    if sure > right:
        return f"The probabilities are too sure: {figures}."
    return f"The probabilities are too cautious: {figures}."


def _name(model: str, task: Task) -> str:
    if model == SEASONAL_NAIVE and task.season_length == 1:
        return "the naive forecast (no change)"
    return NAMES.get(model, model)


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"
