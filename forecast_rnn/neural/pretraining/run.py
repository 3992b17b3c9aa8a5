"""A training run in a folder: goes on from its checkpoint, and writes one every ten minutes."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from forecast_rnn.neural.pretraining.checkpoint import load_pupil, save_pupil
from forecast_rnn.neural.pretraining.training import Plan, Pupil, Record, records, start
from forecast_rnn.prior.design import Design
from forecast_rnn.prior.weights import Prior
from forecast_rnn.system.atomic import new_file

CHECKPOINT = "checkpoint.safetensors"
CURVE = "loss.jsonl"
EVERY = 600.0
"""Seconds from one checkpoint to the next."""


def pretrain(
    folder: Path,
    design: Design,
    plan: Plan,
    *,
    stopped: Callable[[], bool],
    like: Prior | None = None,
) -> Iterator[Record]:
    """Train in a folder up to the end of the plan, or until it is stopped.

    Args:
        folder: Where checkpoints and the loss curve are; made if it is not there.
        design: Of the network, where none is there yet.
        plan: How long and how fast; it counts for the steps to come also where a
            checkpoint was made under another.
        like: A prior whose weights a new network takes where they fit, or None.
        stopped: Asked after every step; a checkpoint is written when it says so.

    Raises:
        BundleError: the checkpoint is damaged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / CHECKPOINT
    pupil = load_pupil(path)[0] if path.exists() else start(design, plan.seed, like)
    curve = _curve_until(folder / CURVE, pupil.steps)
    saved = time.monotonic()
    for record in records(pupil, plan):
        if record is not None:
            curve.append(asdict(record))
            yield record
        if time.monotonic() - saved > EVERY or stopped():
            _save(folder, pupil, plan, curve)
            saved = time.monotonic()
        if stopped():
            return
    _save(folder, pupil, plan, curve)


def _save(folder: Path, pupil: Pupil, plan: Plan, curve: list[dict[str, float]]) -> None:
    lines = "".join(json.dumps(record) + "\n" for record in curve)
    with new_file(folder / CURVE) as stream:
        stream.write(lines.encode())
    save_pupil(folder / CHECKPOINT, pupil, plan)


def _curve_until(path: Path, steps: int) -> list[dict[str, float]]:
    """Return the records up to a step; a curve may be newer than the checkpoint."""
    if not path.exists():
        return []
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [record for record in found if record["steps"] <= steps]
