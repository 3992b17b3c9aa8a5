"""What a backtest says of the network, in plain words and without mercy."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import polars as pl

from forecast_rnn.config import Task
from forecast_rnn.evaluation.metrics import comparable, series_scores
from forecast_rnn.evaluation.significance import Comparison, compare
from forecast_rnn.tables import CUTOFF, ITEM, MODEL, models_of, portions, rows_of_model

NETWORK = "network"
SEASONAL_NAIVE = "seasonal_naive"

_FEW_WINDOWS = 10
_EQUAL = 0.005  # a difference that a verdict should not make much of


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the network compares with the baselines on the same windows.

    Attributes:
        sentences: The verdict in words.
        metric: What was compared: `mase`, or `mae` where that is undefined; `error_rate` of
            classes.
        errors: The metric by model; empty when nothing could be compared.
        skill: Share by which the network's error is below the seasonal naive's; negative
            when it is above; None when undefined.
        best_baseline: The baseline with the smallest error, or None.
        best_skill: As `skill`, against the best baseline.
        series_won: Series on which the network's error is below the seasonal naive's.
        series: Series compared.
        windows: Forecasts compared, of any series.
        comparison: Whether the difference to the best baseline is more than chance. As that is
            the best of several by hindsight, a network that beats it is judged the harder.
        subject: What is judged, in a word.
    """

    sentences: tuple[str, ...]
    metric: str = "mase"
    errors: dict[str, float] = field(default_factory=dict)
    skill: float | None = None
    best_baseline: str | None = None
    best_skill: float | None = None
    series_won: int = 0
    series: int = 0
    windows: int = 0
    comparison: Comparison | None = None
    subject: str = NETWORK


def verdict(
    table: pl.DataFrame, task: Task, *, network: str = NETWORK, subject: str = NETWORK
) -> Verdict:
    """Judge a backtest: the model named `network` against every other model in it.

    The error is the mean absolute scaled error; where that is undefined for all series
    (constant ones, or shorter than a season), it is the mean absolute error. Sentences call the
    model by `subject`.
    """
    rows = comparable(table)
    if not {network, SEASONAL_NAIVE} <= {*models_of(rows)}:
        return Verdict(sentences=("No verdict: no series has known rows to compare with.",))
    metric, by_series = _errors_by_series(rows, task)
    errors = {model: float(by_series[model].to_numpy().mean()) for model in models_of(rows)}
    baselines = sorted(set(errors) - {network})
    # At equal error the seasonal naive is named: without a season the naive is the same.
    best = min(baselines, key=lambda model: (errors[model], model != SEASONAL_NAIVE))
    each = portions(rows_of_model(rows, network))
    forecasts = pl.concat(part.select(ITEM, CUTOFF).unique() for part in each)
    judged = Verdict(
        sentences=(),
        subject=subject,
        metric=metric,
        errors={model: errors[model] for model in (network, *baselines)},
        skill=skill_of(errors[network], errors[SEASONAL_NAIVE]),
        best_baseline=best,
        best_skill=skill_of(errors[network], errors[best]),
        series_won=by_series.filter(pl.col(network) < pl.col(SEASONAL_NAIVE)).height,
        series=by_series.height,
        windows=forecasts.join(by_series, on=ITEM, how="semi").height,
        comparison=compare(rows, task, models=(network, best), metric=metric),
    )
    return replace(judged, sentences=tuple(_sentences(judged, network, task.season_length)))


def why_shut(judged: Verdict) -> str | None:
    """Say why a gate stays shut: nothing was tested, or a baseline is better; None if it opens."""
    if judged.best_baseline is None:
        return f"the gate is shut: the {judged.subject} could not be held against a baseline."
    network, best = judged.errors[NETWORK], judged.errors[judged.best_baseline]
    if network <= best:
        return None
    return (
        f"the gate is shut: {judged.best_baseline} is better than the {judged.subject} "
        f"({judged.metric.upper()} {_number(best)} against {_number(network)})."
    )


def weak_series(table: pl.DataFrame, task: Task) -> list[int]:
    """Return the items of a backtest with a smaller mean absolute error of the seasonal naive."""
    rows = comparable(table)
    if not {NETWORK, SEASONAL_NAIVE} <= {*models_of(rows)}:
        return []
    errors = series_scores(rows, task, metrics=("mae",)).pivot(on=MODEL, index=ITEM, values="mae")
    weak = errors.filter(pl.col(NETWORK) > pl.col(SEASONAL_NAIVE))
    return sorted(weak[ITEM].to_list())


def _errors_by_series(rows: pl.DataFrame, task: Task) -> tuple[str, pl.DataFrame]:
    """Choose the metric, and give it by series: a column `item` and one a model."""
    each = series_scores(rows, task, metrics=("mase", "mae"))
    metric = "mase" if each["mase"].is_not_null().any() else "mae"
    wide = each.drop_nulls(metric).pivot(on=MODEL, index=ITEM, values=metric)
    return metric, wide


def skill_of(error: float, reference: float) -> float | None:
    """Return the share by which an error is below another, None where that is 0."""
    return 1 - error / reference if reference > 0 else None


def _sentences(judged: Verdict, network: str, season_length: int) -> Iterator[str]:
    error, reference = judged.errors[network], judged.errors[SEASONAL_NAIVE]
    # Without a season the two are one, and the plain name says what it does.
    short = "the seasonal naive" if season_length > 1 else "the naive forecast"
    name = short if season_length > 1 else f"{short} (the last value)"
    figures = f"{judged.metric.upper()} {_number(error)} against {_number(reference)}"
    if _is_beaten_by_another_alone(judged):
        share = _share(judged.skill or 0)
        yield (
            f"The {judged.subject} beats {name} (its error is {share} lower: {figures}), but not "
            f"{judged.best_baseline}."
        )
    else:
        yield f"{_against_seasonal_naive(judged, name)} ({figures})."
    if judged.series > 1:
        yield f"It is better on {judged.series_won:,} of {judged.series:,} series."
    if judged.best_baseline == SEASONAL_NAIVE:
        yield f"No other baseline does better than {short}."
    else:
        yield _against_best(judged)
    yield from caveats(judged)


def _is_beaten_by_another_alone(judged: Verdict) -> bool:
    """Tell whether the network beats the seasonal naive, and another baseline the network."""
    if judged.skill is None or judged.best_skill is None:
        return False
    return judged.skill >= _EQUAL and judged.best_skill <= -_EQUAL


def caveats(judged: Verdict) -> Iterator[str]:
    """Say whether the difference to the best baseline may be chance, and if windows are few."""
    few = judged.windows < _FEW_WINDOWS
    comparison = judged.comparison
    if comparison is not None and (comparison.p_value is not None or not few):
        yield _by_chance(comparison)
    if few:
        forecasts = "one forecast" if judged.windows == 1 else f"{judged.windows} forecasts"
        yield f"This rests on {forecasts} only, so take it with care."


def _against_seasonal_naive(found: Verdict, name: str) -> str:
    skill, subject = found.skill, found.subject
    if skill is None:
        return f"{name.capitalize()} makes no error here, so the {subject} cannot beat it"
    if abs(skill) < _EQUAL:
        return f"The {subject} is as good as {name}, and no better"
    if skill > 0:
        return f"The {subject} beats {name}: its error is {_share(skill)} lower"
    return f"The {subject} does not beat {name}: its error is {_excess(skill)}"


def _against_best(judged: Verdict) -> str:
    name = str(judged.best_baseline)
    start = f"The best baseline is {name} ({judged.metric.upper()} {_number(judged.errors[name])})"
    if judged.best_skill is None:
        return f"{start}, which makes no error here."
    if abs(judged.best_skill) < _EQUAL:
        return f"{start}, and the {judged.subject} is as good."
    if judged.best_skill > 0:
        return f"{start}; the {judged.subject}'s error is {_share(judged.best_skill)} lower."
    share = _share(_turned(judged.best_skill))
    return f"{start}, which beats the {judged.subject}: its error is {share} lower."


def _by_chance(comparison: Comparison) -> str:
    over = f"{comparison.count:,} {comparison.unit}"
    if comparison.p_value is None:
        return f"The {over} are {comparison.words}."
    p_value = "p < 0.001" if comparison.p_value < 0.001 else f"p = {comparison.p_value:.2g}"
    return f"The difference to the best baseline is {comparison.words} ({p_value} over {over})."


def _turned(skill: float) -> float:
    """Turn a skill round: how far the reference's error is below the network's."""
    return 1 - 1 / (1 - skill)


def _excess(skill: float) -> str:
    return f"{_share(-skill)} higher" if skill > -1 else f"{1 - skill:.1f} times as high"


def _share(share: float) -> str:
    return f"{100 * share:.0f}%" if share >= 0.1 else f"{100 * share:.1f}%"


def _number(error: float) -> str:
    return f"{error:,.0f}" if error >= 10_000 else f"{error:.4g}"
