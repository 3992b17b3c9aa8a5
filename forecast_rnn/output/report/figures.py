"""The figures over all series: numbers to draw, words that say the same, and a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, isfinite
from statistics import fmean

import polars as pl

from forecast_rnn.config import Task
from forecast_rnn.evaluation.class_metrics import reliability
from forecast_rnn.output.readable import number, numbers, percent
from forecast_rnn.output.report.accuracy import (
    coverage_by_level,
    error_histogram,
    errors_by_step,
)
from forecast_rnn.output.report.scoreboard import Curve, curves
from forecast_rnn.tables import STEP, level_text, rows_of_model

Json = dict[str, object]
MOST_POINTS = 100
"""Of a training curve; further ones are averaged."""
MOST_ROWS = 20


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture in three forms.

    Attributes:
        words: What it shows, for those who do not see it.
        data: What the script draws.
        header: Of the table.
        rows: Cells, written for people.
    """

    words: str
    data: Json
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]


def skill_figure(errors: pl.DataFrame, models: tuple[str, str], label: str) -> Figure:
    """Compare the errors of two models at each step of the horizon.

    Args:
        errors: Rows of a backtest, comparable, with `error`.
        models: The network, and what it has to beat.
        label: What the latter is called.
    """
    table = errors_by_step(pl.concat([rows_of_model(errors, model) for model in models]))
    network, baseline = (_rounded(table[model].to_list()) for model in models)
    skill = [
        1 - error / reference if error is not None and reference else None
        for error, reference in zip(network, baseline, strict=True)
    ]
    steps = table[STEP].to_list()
    known = [(step, share) for step, share in zip(steps, skill, strict=True) if share is not None]
    words = "No step has an error to compare with."
    if known:
        (first, start), (last, end) = known[0], known[-1]
        better = sum(share > 0 for _, share in known)
        words = (
            f"Share by which the network's error is below that of the {label}: "
            f"{percent(start)} at step {first}, {percent(end)} at step {last}, "
            f"above zero at {better} of {len(known)} steps."
        )
    cells = [map(percent, skill), numbers(network), numbers(baseline)]
    return Figure(
        words,
        {"steps": steps, "skill": _rounded(skill), "network": network, "baseline": baseline},
        ("step", "error saved", "network", label),
        list(zip(map(str, steps), *cells, strict=True)),
    )


def errors_figure(
    errors: pl.DataFrame, models: tuple[str, str], label: str, scaled: bool
) -> Figure:
    """Show how often errors of a size occur.

    Args:
        errors: As in `skill_figure`.
        models: As in `skill_figure`.
        label: As in `skill_figure`.
        scaled: Whether errors are divided by the error scale.
    """
    histogram = error_histogram(errors, list(models))
    network, baseline = (_rounded(histogram.shares[model].tolist()) for model in models)
    edges = histogram.edges.tolist()
    middle = len(network) // 2
    low, high = sum(_known(network[:middle])), sum(_known(network[middle + 1 :]))
    words = (
        f"Distribution of the errors: {percent(low)} of the network's forecasts are too low, "
        f"{percent(high)} too high, and {percent(network[middle])} within "
        f"{number(edges[middle + 1])} of the actual value."
    )
    unit = "error, in errors of the seasonal naive before" if scaled else "error"
    written = numbers(edges)
    cells = [[f"{a} to {b}" for a, b in pairwise(written)]]
    cells += [[percent(share) for share in shares] for shares in (network, baseline)]
    return Figure(
        words,
        {"edges": _rounded(edges), "network": network, "baseline": baseline, "unit": unit},
        (unit, "network", label),
        list(zip(*cells, strict=True)),
    )


def coverage_figure(rows: pl.DataFrame, task: Task) -> Figure | None:
    """Compare quantile levels with what they came to; None if there is no quantile.

    Args:
        rows: Of the network's backtest.
        task: The quantile levels.
    """
    table = coverage_by_level(rows, task)
    if not table.height:
        return None
    levels, shares = table["level"].to_list(), table["share"].to_list()
    share_of = dict(zip(levels, shares, strict=True))
    widest = share_of[levels[-1]] - share_of[levels[0]]
    names = [level_text(level) for level in levels]
    words = f"{percent(shares[0])} of the actual values are at most the quantile {names[0]}"
    if len(levels) > 1:
        words = (
            f"{words}, and {percent(shares[-1])} at most the quantile {names[-1]}: between them "
            f"are {percent(widest)}, and should be {percent(levels[-1] - levels[0])}"
        )
    return Figure(
        f"{words}.",
        {
            "levels": levels,
            "shares": _rounded(shares),
            "titles": ["quantile", "actual values below it"],
        },
        ("quantile", "should be below", "are below"),
        [
            (name, percent(level), percent(share_of[level]))
            for name, level in zip(names, levels, strict=True)
        ],
    )


def reliability_figure(rows: pl.DataFrame, task: Task) -> Figure:
    """Compare the probabilities of the classes that are forecast with how often they came true.

    Args:
        rows: Of the network's backtest, comparable.
        task: The classes.
    """
    table = reliability(rows, task.classes)
    sure, shares = table["probability"].to_list(), table["share"].to_list()
    cells = [map(percent, sure), map(percent, shares), (f"{n:,}" for n in table["count"])]
    words = "; ".join(
        f"forecasts with a probability of about {percent(p)} came true in {percent(share)}"
        for p, share in zip(sure, shares, strict=True)
    )
    return Figure(
        f"{words[:1].upper()}{words[1:]}.",
        {
            "levels": _rounded(sure),
            "shares": _rounded(shares),
            "titles": ["probability of the class", "how often it came true"],
        },
        ("probability", "came true", "forecasts"),
        list(zip(*cells, strict=True)),
    )


def race_figure(
    trials: Sequence[Mapping[str, object]], settings: Mapping[str, object]
) -> Figure | None:
    """Show what was tried before the network was chosen; None if nothing was."""
    candidates = [curve for curve in curves(trials, settings) if curve.steps]
    if not candidates:
        return None
    chosen = next((curve for curve in candidates if curve.chosen is not None), None)
    words = f"{len(candidates)} candidates were tried on held-back rows."
    if chosen is not None and chosen.chosen is not None:
        steps, score = chosen.steps[chosen.chosen], chosen.scores[chosen.chosen]
        words += f" Chosen: {chosen.label}, {steps:,} steps, with a loss of {number(score)}."
    return Figure(
        words,
        {"curves": [_curve(curve) for curve in candidates]},
        ("candidate", "steps", "loss", "chosen"),
        [
            (curve.label, f"{steps:,}", number(score), "yes" if place == curve.chosen else "")
            for curve in candidates
            for place, (steps, score) in enumerate(zip(curve.steps, curve.scores, strict=True))
        ],
    )


def training_figure(curve: Sequence[tuple[int, float]]) -> Figure | None:
    """Show how the loss went down in training; None if that is not known."""
    known = [(steps, loss) for steps, loss in curve if isfinite(loss)]
    if len(known) < 2:
        return None
    size = ceil(len(known) / MOST_POINTS)
    parts = [known[start : start + size] for start in range(0, len(known), size)]
    steps = [part[-1][0] for part in parts]
    losses = _rounded([fmean(loss for _, loss in part) for part in parts])
    shown = range(0, len(steps), ceil(len(steps) / MOST_ROWS))
    begin, end = number(losses[0]), number(losses[-1])
    return Figure(
        f"The loss went from {begin} after {steps[0]:,} steps to {end} after {steps[-1]:,}.",
        {"steps": steps, "losses": losses},
        ("steps", "loss"),
        [(f"{steps[place]:,}", number(losses[place])) for place in shown],
    )


def _curve(curve: Curve) -> Json:
    points = [list(pair) for pair in zip(curve.steps, _rounded(curve.scores), strict=True)]
    return {"label": curve.label, "points": points, "chosen": curve.chosen}


def _rounded(values: Sequence[float | None]) -> list[float | None]:
    """Return numbers with few digits, None for what is not finite: JSON has no other."""
    return [
        float(f"{value:.6g}") if value is not None and abs(value) < float("inf") else None
        for value in values
    ]


def _known(values: Sequence[float | None]) -> list[float]:
    return [value for value in values if value is not None]
