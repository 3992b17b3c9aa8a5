"""What a verdict says of the network's intervals: what they held, and would have held before."""

import polars as pl

from forecast_rnn.config import Task
from forecast_rnn.evaluation.metrics import series_scores
from forecast_rnn.evaluation.verdict import NETWORK
from forecast_rnn.tables import ITEM, ORIGIN, STEP, WINDOW, portions

INSIDE = "inside"
"""Whether what came true lies in the widest interval; null where it is not known."""


def about_intervals(
    rows: pl.DataFrame, task: Task, before: pl.DataFrame | None, subject: str = NETWORK
) -> tuple[str, ...]:
    """Say what the widest interval of the network held: one sentence, or none without intervals.

    Args:
        rows: The network's in a backtest, comparable.
        task: Gives the levels.
        before: What intervals would have held without calibration, of all rows of the network: a
            row an origin, with the lists `step` and `inside`; None if that is not known.
        subject: Whose intervals they are, in a word.
    """
    levels = task.quantile_levels
    if len(levels) < 2 or rows.is_empty():
        return ()
    share = f"{100 * (levels[-1] - levels[0]):.0f}%"
    # As the scores have it: a mean over series.
    covered = _share(series_scores(rows, task, metrics=("coverage",))["coverage"])
    sentence = f"The {subject}'s {share} interval held {covered} of what came true"
    if before is not None:
        held_before = _share(_held_by_series(before, rows))
        sentence += f"; {held_before} before it was calibrated on earlier rows"
    return (f"{sentence}.",)


def _held_by_series(inside: pl.DataFrame, rows: pl.DataFrame) -> pl.Series:
    """Return by series the share of some rows that lay inside, of lists for all rows."""
    origin = [ITEM, ORIGIN]
    parts = (part.group_by(origin, maintain_order=True).agg(STEP) for part in portions(rows))
    # As a rule the rows are the same; one by one they would take several times the memory.
    if not pl.concat(parts).equals(inside.drop(INSIDE)):
        same = inside.explode(STEP, INSIDE).join(rows, on=WINDOW, how="semi")
        inside = same.group_by(ITEM, maintain_order=True).agg(INSIDE)
    return inside.group_by(ITEM, maintain_order=True).agg(pl.col(INSIDE).explode().mean())[INSIDE]


def _share(by_series: pl.Series) -> str:
    return f"{100 * by_series.to_frame('share').select(pl.col('share').mean()).item():.0f}%"
