"""A training run in a folder: goes on from its checkpoint, and writes one every ten minutes."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from forecast_rnn.errors import ConfigError
from forecast_rnn.neural.pretraining.checkpoint import load_pupil, save_pupil
from forecast_rnn.neural.pretraining.own import Own
from forecast_rnn.neural.pretraining.training import Plan, Pupil, Record, records, start
from forecast_rnn.prior.design import Design
from forecast_rnn.prior.weights import Prior
from forecast_rnn.system.atomic import new_file

CHECKPOINT = "checkpoint.safetensors"
CURVE = "loss.jsonl"
WORDS = {
    "hidden_size": "hidden size",
    "head_size": "size of the head",
    "like": "prior that it began from (sha256)",
    "own": "own data (sha256)",
    "share": "share of own data",
}
"""What settings of a training are called where one differs."""

EVERY = 600.0
"""Seconds from one checkpoint to the next."""


def pretrain(
    folder: Path,
    design: Design,
    plan: Plan,
    *,
    stopped: Callable[[], bool],
    like: Prior | None = None,
    own: Own | None = None,
) -> Iterator[Record | None]:
    """Train in a folder up to the end of the plan, or until it is stopped.

    After every step a record of the last hundred or None is yielded; a checkpoint is written
    every ten minutes and in the end.

    Args:
        folder: Where checkpoints and the loss curve are; made if it is not there.
        design: Of the network, where none is there yet.
        plan: How long and how fast. A run that goes on may get another number of steps,
            which counts for those to come.
        like: A prior whose weights a new network takes where they fit, or None.
        own: Own series, from which some batches are drawn, or None.
        stopped: Asked after every step; a checkpoint is written when it says so.

    Raises:
        BundleError: the checkpoint is damaged.
        ConfigError: it is of a run with another cell, seed, or other series.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / CHECKPOINT
    pupil = _go_on(path, design, plan) if path.exists() else start(design, plan.seed, like)
    curve = _curve_until(folder / CURVE, pupil.steps)
    saved = time.monotonic()
    for record in records(pupil, plan, own):
        if record is not None:
            curve.append(asdict(record))
        yield record
        if time.monotonic() - saved > EVERY or stopped():
            _save(folder, pupil, plan, curve)
            saved = time.monotonic()
        if stopped():
            return
    _save(folder, pupil, plan, curve)


def _go_on(path: Path, design: Design, plan: Plan) -> Pupil:
    """Read a checkpoint of the same run; only its number of steps may differ."""
    pupil, before = load_pupil(path)
    held = asdict(pupil.network.design) | asdict(before)
    asked = asdict(design) | asdict(plan)
    for name in sorted(held.keys() - {"steps"}):
        if held[name] != asked[name]:
            raise ConfigError(
                f"'{path.parent}' holds a training whose {WORDS.get(name, name)} is "
                f"{held[name] or 'none'}, not {asked[name] or 'none'}; ask for the same, or "
                "give another --out, or remove that folder to begin again."
            )
    return pupil


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
