"""Sets of one to a few series, by the backtest of the command itself."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from forecast_rnn.api.inputs import panel_of, usual_task
from forecast_rnn.data.hints import Hints
from forecast_rnn.tables import ACTUAL, ERROR_SCALE, FORECAST, MODEL, STEP
from tests.benchmarks.scoreboard.arithmetic import SERIES, Scores, judge
from tests.benchmarks.scoreboard.cost import Cost, run
from tests.benchmarks.scoreboard.records import ROOT
from tests.benchmarks.scoreboard.simple import (
    BESIDE,
    CUTOFF,
    QUICK,
    SLOW,
    held_against,
    origin_rows,
)

BUNDLED = ROOT / "datasets"
OURS = "network"
BACKTESTS = {"train": "backtest", "forecast": "forecast"}
"""The command that writes the backtest of each: `backtest` trains as `train` does."""


@dataclass(frozen=True)
class OwnSet:
    """A small set: its name, its file, and the horizon it is asked for, None for the usual one."""

    name: str
    path: Path
    horizon: int | None


def own_sets(candidates: Path | None) -> list[OwnSet]:
    """List the bundled sets, and those of another folder that are not among them.

    Args:
        candidates: Folder with `index.json`, whose entries have `name` and the horizon `h`, and
            a CSV with the target `y` for each; None for no more.
    """
    bundled = json.loads((BUNDLED / "index.json").read_text())
    found = [OwnSet(one["name"], BUNDLED / f"{one['name']}.csv", None) for one in bundled]
    if candidates is None:
        return found
    known = [_values(one.path, entry["target"]) for one, entry in zip(found, bundled, strict=True)]
    return [*found, *_others(candidates, known)]


def measure(
    words: Sequence[str], one: OwnSet, options: Sequence[str], earlier: Sequence[Scores] = ()
) -> tuple[Cost, Scores]:
    """Let a command forecast known rows of a set, and score it beside the baselines.

    Args:
        words: Program and command; the command writes `backtest.parquet` into `--out`.
        one: The set.
        options: What the command is given beside what the set takes.
        earlier: Scores of the set that are known, as of `scores_of`.

    Returns:
        What the run cost, and scores: those of `judge`; `cutoffs`, how many there are; the
        MASE of each baseline by its name; `best`, the least of these.

    Raises:
        RunFailed: The command did not end well.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        horizon = [] if one.horizon is None else ["--horizon", str(one.horizon)]
        command = [*words, str(one.path), *horizon, "--out", str(out), *options]
        cost = run(command, Path(folder) / "log")
        table = pl.read_parquet(out / "backtest.parquet")
    return cost, scores_of(one.path, table, earlier)


def scores_of(path: Path, table: pl.DataFrame, earlier: Sequence[Scores] = ()) -> Scores:
    """Score the first model of a backtest beside all baselines, from its cutoffs.

    Args:
        path: File that the backtest is of.
        table: What `backtest.parquet` holds; its first model is the command's own.
        earlier: Scores of the same file. Where the quick baselines score the same, cutoffs are
            the same, and AutoETS and AutoTheta, which take minutes, are not run again.

    Returns:
        As of `measure`.
    """
    own = table.filter(pl.col(MODEL) == table[MODEL][0])
    panel, _ = panel_of(path, Hints())
    ids = panel.items.columns
    rows = origin_rows(panel, own.select(*ids, CUTOFF))
    task = usual_task(panel, int(str(own[STEP].max())))
    named = _named(own, ids)
    both = _comparable(named, _named(held_against(panel, rows, task, QUICK), ids))
    seen = _mases(both, QUICK) | {"cutoffs": float(own[CUTOFF].n_unique())}
    known = [one for one in earlier if seen.items() <= one.items()]
    if known:
        seen |= {name: known[0][name] for name in SLOW}
    else:
        slow = held_against(panel, rows, task, SLOW)
        seen |= _mases(_comparable(named, _named(slow, ids)), SLOW)
    best = min((mase for name in BESIDE if (mase := seen[name]) is not None), default=None)
    return judge(both.filter(pl.col(MODEL) == OURS)) | seen | {"best": best}


def _named(table: pl.DataFrame, ids: list[str]) -> pl.DataFrame:
    """Put one name of the series in place of its ids, and cutoffs as text."""
    name = pl.concat_str([pl.col(one).cast(pl.String).fill_null("") for one in ids], separator="/")
    text = (name if ids else pl.lit("")).alias(SERIES)
    return table.select(text, pl.col(MODEL).cast(pl.String), pl.exclude(MODEL, *ids)).with_columns(
        pl.col(CUTOFF).cast(pl.String), pl.col(STEP).cast(pl.Int64)
    )


def _comparable(own: pl.DataFrame, beside: pl.DataFrame) -> pl.DataFrame:
    """Put forecasts into one table, as far as all models made one, with a common error scale."""
    window = [SERIES, CUTOFF, STEP]
    scales = beside.filter(pl.col(MODEL) == beside[MODEL][0]).select(*window, ERROR_SCALE)
    ours = own.with_columns(pl.lit(OURS).alias(MODEL))
    ours = ours.join(scales, on=window, maintain_order="left")
    both = pl.concat([ours, beside], how="diagonal_relaxed").drop_nulls([FORECAST, ACTUAL])
    return both.filter(pl.len().over(window) == 1 + beside[MODEL].n_unique())


def _mases(table: pl.DataFrame, names: Sequence[str]) -> Scores:
    return {name: judge(table.filter(pl.col(MODEL) == name))["mase"] for name in names}


def _others(folder: Path, known: list[pl.Series]) -> Iterator[OwnSet]:
    """List the sets of a folder whose values are not among the known ones."""
    for entry in json.loads((folder / "index.json").read_text()):
        path = folder / f"{entry['name']}.csv"
        values = _values(path, "y")
        if not any(values.equals(other) for other in known):
            yield OwnSet(entry["name"], path, entry["h"])


def _values(path: Path, target: str) -> pl.Series:
    rows = pl.read_csv(path, columns=[target], infer_schema_length=None)
    return rows.to_series().cast(pl.Float64).drop_nulls().sort().alias("y")
