"""Who is best, by how much, and whether that is more than noise: runs made into tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
import polars as pl

from forecast_rnn.api.compare.runs import BASELINE, CELL, Run
from forecast_rnn.evaluation.noise import (
    MORE,
    NO_MORE,
    Difference,
    Errors,
    adjusted,
    difference,
    in_words,
    spread,
)
from forecast_rnn.tables import CUTOFF, ITEM, MODEL

TEXTBOOK, MEANT = "textbook", "lstm"
"""The cell that tutorials print, and the one that they mean."""
NAIVE2 = "naive2"
MANY_SERIES = 20

_FACTS = {
    "hidden_size": pl.Int64,
    "layers": pl.Int64,
    "steps": pl.Int64,
    "parameters": pl.Int64,
    "choosing_seconds": pl.Float64,
    "training_seconds": pl.Float64,
    "forecast_seconds": pl.Float64,
}
_EACH = ("training_seconds", "forecast_seconds")
"""What it takes for each seed."""
_CONTRASTS = {
    MODEL: pl.String,
    "against": pl.String,
    "metric": pl.String,
    "difference": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "p_value": pl.Float64,
    "p_adjusted": pl.Float64,
    "unit": pl.String,
    "count": pl.Int64,
    "words": pl.String,
}


Row = dict[str, str | int | float | None]


@dataclass(frozen=True, slots=True)
class Contrast:
    """A model held against another, and the p-value that allows for there being many."""

    model: str
    against: str
    difference: Difference
    p_adjusted: float | None

    @property
    def words(self) -> str:
        """Whether they differ by more than noise."""
        return in_words(self.p_adjusted)


@dataclass(frozen=True, slots=True)
class Ranking:
    """All runs, by model.

    Attributes:
        models: The runs of each model, the most accurate model first.
        metric: What accuracy is.
        unit: What noise is measured over beside seeds: `series`, or `windows`, the
            cutoffs.
        best: The most accurate cell.
    """

    models: dict[str, list[Run]]
    metric: str
    unit: str
    best: str

    def score(self, model: str) -> float:
        """Return the accuracy of a model, averaged over seeds."""
        return _mean(self.models[model], self.metric)

    def errors(self, model: str) -> Errors:
        """Return the errors of a model by seed and series, or by seed and window, [S, n]."""
        return np.stack([_errors(run, self.metric, self.unit) for run in self.models[model]])

    def kind(self, model: str) -> str:
        """Tell a cell from a baseline."""
        return self.models[model][0].kind

    @property
    def seeds(self) -> int:
        """Networks of each cell."""
        return len(self.models[self.best])


def rank(runs: Sequence[Run]) -> Ranking:
    """Put models in order: the mean over seeds of the mean absolute scaled error.

    Where that is undefined for all series, it is the mean absolute error. Noise is over the
    series, or, where they are few, over the cutoffs if there are more of them.
    """
    by_model: dict[str, list[Run]] = {}
    for run in runs:
        by_model.setdefault(run.model, []).append(run)
    metric = "mase" if runs[0].scores["mase"] is not None else "mae"
    models = dict(sorted(by_model.items(), key=lambda entry: _mean(entry[1], metric)))
    first = next(iter(models.values()))[0]
    series, windows = (len(_errors(first, metric, unit)) for unit in ("series", "windows"))
    best = next(model for model, runs in models.items() if runs[0].kind == CELL)
    unit = "series" if series >= min(windows, MANY_SERIES) else "windows"
    return Ranking(models, metric, unit, best)


def contrasts_of(ranking: Ranking) -> tuple[Contrast, ...]:
    """Hold each model against the best cell, and `textbook` against `lstm`."""
    best = ranking.best
    contrasts: list[Contrast] = []
    for kind in (CELL, BASELINE):
        others = [model for model in ranking.models if ranking.kind(model) == kind]
        others = [model for model in others if model != best]
        differences = [difference(ranking.errors(model), ranking.errors(best)) for model in others]
        p_values = adjusted([one.p_value for one in differences])
        contrasts += [
            Contrast(model, best, one, p_value)
            for model, one, p_value in zip(others, differences, p_values, strict=True)
        ]
    if best not in (TEXTBOOK, MEANT) and {TEXTBOOK, MEANT} <= ranking.models.keys():
        cost = difference(ranking.errors(TEXTBOOK), ranking.errors(MEANT))
        contrasts.append(Contrast(TEXTBOOK, MEANT, cost, cost.p_value))
    return tuple(contrasts)


def standing_table(ranking: Ranking, contrasts: tuple[Contrast, ...]) -> pl.DataFrame:
    """Make the table of `Compared`: a row a model."""
    beside_best = {one.model: one for one in contrasts if one.against == ranking.best}
    rows: list[Row] = []
    for model, runs in ranking.models.items():
        facts = {name: _fact(runs, name) for name in _FACTS}
        spent = [facts["choosing_seconds"], *(run.facts.get(e) for run in runs for e in _EACH)]
        rows.append(
            {
                MODEL: model,
                "kind": runs[0].kind,
                "standing": _standing(beside_best.get(model)),
                **{name: _mean_or_none(runs, name) for name in runs[0].scores},
                "owa": _owa(ranking, model),
                "spread": spread(ranking.errors(model)),
                **facts,
                "total_seconds": sum(seconds or 0.0 for seconds in spent),
            }
        )
    return _frame(rows)


def difference_table(ranking: Ranking, contrasts: tuple[Contrast, ...]) -> pl.DataFrame:
    """Make the table of differences: a row a pair of models."""
    rows = [
        (
            one.model,
            one.against,
            ranking.metric,
            one.difference.mean,
            one.difference.lower,
            one.difference.upper,
            one.difference.p_value,
            one.p_adjusted,
            ranking.unit,
            one.difference.count,
            one.words,
        )
        for one in contrasts
    ]
    return pl.DataFrame(rows, schema=_CONTRASTS, orient="row")


def run_table(ranking: Ranking) -> pl.DataFrame:
    """Make the table of runs: a row a model and seed."""
    rows: list[Row] = [
        {
            MODEL: run.model,
            "kind": run.kind,
            "seed": run.seed,
            **run.scores,
            **{name: run.facts.get(name) for name in _FACTS},
        }
        for runs in ranking.models.values()
        for run in runs
    ]
    return _frame(rows)


def _frame(rows: list[Row]) -> pl.DataFrame:
    """Make a table with the same types whatever is missing."""
    texts = {MODEL: pl.String, "kind": pl.String, "standing": pl.String, "seed": pl.Int64}
    types = {name: (texts | _FACTS).get(name, pl.Float64) for name in rows[0]}
    return pl.DataFrame(rows, schema=types, orient="row")


def _standing(contrast: Contrast | None) -> str:
    if contrast is None:
        return "best"
    if contrast.words == NO_MORE:
        return "within noise"
    if contrast.words != MORE:
        return "unknown"
    return "worse" if contrast.difference.mean > 0 else "better"


def _owa(ranking: Ranking, model: str) -> float | None:
    """Average sMAPE and MASE, each over that of Naive2, as the M4 competition does.

    Makridakis et al. (2020), https://doi.org/10.1016/j.ijforecast.2019.04.014, section 2.
    """
    if NAIVE2 not in ranking.models:
        return None
    ours, naive2 = (
        [_mean_or_none(ranking.models[name], metric) for metric in ("smape", "mase")]
        for name in (model, NAIVE2)
    )
    ratios = [a / b for a, b in zip(ours, naive2, strict=True) if a is not None and b]
    return fmean(ratios) if len(ratios) == 2 else None


def _errors(run: Run, metric: str, unit: str) -> Errors:
    """Return the errors by series, or by cutoff, averaged over series."""
    errors = run.errors.drop_nulls(metric)
    if unit == "series":
        return errors.filter(pl.col(CUTOFF).is_null()).sort(ITEM)[metric].to_numpy()
    windows = errors.drop_nulls(CUTOFF).group_by(CUTOFF).agg(pl.col(metric).mean())
    return windows.sort(CUTOFF)[metric].to_numpy()


def _mean(runs: list[Run], metric: str) -> float:
    values = [run.scores[metric] for run in runs]
    return fmean(value for value in values if value is not None)


def _mean_or_none(runs: list[Run], metric: str) -> float | None:
    return None if runs[0].scores[metric] is None else _mean(runs, metric)


def _fact(runs: list[Run], name: str) -> int | float | None:
    values = [value for run in runs if (value := run.facts.get(name)) is not None]
    if not values:
        return None
    return fmean(values) if name.endswith("seconds") else values[0]
