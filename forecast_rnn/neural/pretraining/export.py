"""From a checkpoint to the files of a prior."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from forecast_rnn.neural.pretraining.checkpoint import load_pupil
from forecast_rnn.neural.pretraining.run import CHECKPOINT, CURVE
from forecast_rnn.prior.simulator import VERSION
from forecast_rnn.prior.weights import encode_prior, manifest_of
from forecast_rnn.system.atomic import new_file

LAST = 10
"""Records that the loss which a manifest tells is the mean of."""

POINTS = 40
"""Points of the loss curve in a manifest, at most about."""


def export_prior(folder: Path, path: Path, command: str = "") -> Mapping[str, Any]:
    """Write the averaged weights of a training run as a prior.

    Args:
        folder: Of the run.
        path: The .safetensors file to write; its manifest is put beside it.
        command: What repeats the run.

    Returns:
        The manifest.

    Raises:
        BundleError: the checkpoint is damaged.
    """
    pupil, plan = load_pupil(folder / CHECKPOINT)
    weights = {name: part.numpy() for name, part in pupil.average.state_dict().items()}
    curve = _curve(folder / CURVE)
    last = [loss for _, loss in curve[-LAST:]]
    about = {
        "simulator": VERSION,
        "plan": asdict(plan),
        "steps": pupil.steps,
        "loss": sum(last) / len(last) if last else None,
        "curve": _sampled(curve),
        "command": command,
    }
    content, manifest = encode_prior(pupil.average.design, weights, about)
    for place, part in ((path, content), (manifest_of(path), manifest)):
        with new_file(place) as stream:
            stream.write(part)
    told: dict[str, Any] = json.loads(manifest)
    return told


def _curve(path: Path) -> list[tuple[int, float]]:
    """Return steps and the mean loss of those before, record by record."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [(record["steps"], record["loss"]) for record in map(json.loads, lines)]


def _sampled(curve: list[tuple[int, float]]) -> list[list[float]]:
    """Return few points: steps, and the mean loss of all since the point before."""
    each = max(1, -(-len(curve) // POINTS))
    runs = [curve[begin : begin + each] for begin in range(0, len(curve), each)]
    return [[run[-1][0], round(sum(loss for _, loss in run) / len(run), 4)] for run in runs]
