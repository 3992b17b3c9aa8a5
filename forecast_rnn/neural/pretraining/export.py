"""From a checkpoint to the files of a prior: `python -m forecast_rnn.neural.pretraining.export`."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from forecast_rnn.neural.pretraining.checkpoint import load_pupil
from forecast_rnn.neural.pretraining.run import CHECKPOINT, CURVE
from forecast_rnn.neural.pretraining.training import Plan, Pupil
from forecast_rnn.prior.simulator import VERSION
from forecast_rnn.prior.weights import encode_prior, manifest_of
from forecast_rnn.system.atomic import new_file


def export_prior(folder: Path, path: Path) -> None:
    """Write the averaged weights of a training run as a prior.

    Args:
        folder: Of the run.
        path: The .safetensors file to write; its manifest is put beside it.

    Raises:
        BundleError: the checkpoint is damaged.
    """
    pupil, plan = load_pupil(folder / CHECKPOINT)
    weights = {name: part.numpy() for name, part in pupil.average.state_dict().items()}
    about = {
        "simulator": VERSION,
        "plan": asdict(plan),
        "steps": pupil.steps,
        "loss": _last_loss(folder / CURVE),
        "command": _command(pupil, plan),
    }
    content, manifest = encode_prior(pupil.average.design, weights, about)
    for place, part in ((path, content), (manifest_of(path), manifest)):
        with new_file(place) as stream:
            stream.write(part)


def _command(pupil: Pupil, plan: Plan) -> str:
    design = pupil.average.design
    return (
        f"python -m forecast_rnn.neural.pretraining FOLDER --cell {design.cell} "
        f"--layers {design.layers} --steps {plan.steps} --rate {plan.rate} --seed {plan.seed}"
    )


def _last_loss(curve: Path) -> float | None:
    """Return the mean loss of the last ten records, if there are any."""
    lines = curve.read_text(encoding="utf-8").splitlines()[-10:] if curve.exists() else []
    losses = [json.loads(line)["loss"] for line in lines]
    return sum(losses) / len(losses) if losses else None


def main(arguments: list[str] | None = None) -> None:
    """Write a prior."""
    parser = argparse.ArgumentParser(prog="python -m forecast_rnn.neural.pretraining.export")
    parser.add_argument("folder", type=Path, help="of the training run")
    parser.add_argument("prior", type=Path, help="the .safetensors file to write")
    given = parser.parse_args(arguments)
    export_prior(given.folder, given.prior)


if __name__ == "__main__":
    main()
