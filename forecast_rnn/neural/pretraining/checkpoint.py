"""A pupil as one file, and back: training goes on as if it had never stopped."""

import json
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from forecast_rnn.errors import BundleError
from forecast_rnn.neural.pretraining.training import Plan, Pupil, start
from forecast_rnn.prior.design import Design
from forecast_rnn.system.atomic import new_file


def save_pupil(path: Path, pupil: Pupil, plan: Plan) -> None:
    """Write weights, their average, what is remembered of gradients, and the step.

    Batches are functions of seed and step, so this is all there is.
    """
    about = {"design": asdict(pupil.network.design), "plan": asdict(plan), "steps": pupil.steps}
    # One entry, for several are written in any order.
    content = save(_tensors(pupil), {"about": json.dumps(about)})
    with new_file(path) as stream:
        stream.write(content)


def load_pupil(path: Path) -> tuple[Pupil, Plan]:
    """Read what `save_pupil` wrote.

    Raises:
        BundleError: the file is damaged, or not of this version.
    """
    try:
        with safe_open(path, "pt") as file:
            about = json.loads((file.metadata() or {})["about"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        plan, pupil = Plan(**about["plan"]), start(Design(**about["design"]), seed=0)
        held = _tensors(pupil)
        if {name: part.shape for name, part in held.items()} != {
            name: part.shape for name, part in tensors.items()
        }:
            raise ValueError("it holds other weights than its design has")
        with torch.no_grad():
            for name, part in held.items():
                part.copy_(tensors[name])
        pupil.steps = int(about["steps"])
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise BundleError(
            f"the checkpoint '{path}' cannot be read: {error}; remove it to begin again."
        ) from error
    return pupil, plan


def _tensors(pupil: Pupil) -> dict[str, Tensor]:
    found = {f"weight.{name}": part for name, part in pupil.network.state_dict().items()}
    found |= {f"average.{name}": part for name, part in pupil.average.state_dict().items()}
    for kind, parts in (
        ("mean", pupil.optimizer.means),
        ("square", pupil.optimizer.squares),
        ("count", pupil.optimizer.counts),
    ):
        found |= {f"{kind}.{place}": part for place, part in enumerate(parts)}
    return found
