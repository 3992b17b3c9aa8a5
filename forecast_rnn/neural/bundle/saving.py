"""A forecaster and its series as a bundle, and back."""

from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch

from forecast_rnn.config import ModelConfig, Task
from forecast_rnn.data.panels.calendar import SIZES, almanac
from forecast_rnn.data.panels.panel import Panel, panel_tables
from forecast_rnn.data.schema import Schema
from forecast_rnn.data.time.frequency import Frequency
from forecast_rnn.errors import BundleError, ConfigError
from forecast_rnn.evaluation.calibration import Calibration
from forecast_rnn.forecasting.dependence import Dependence
from forecast_rnn.kinds import CLASSES, VALUES
from forecast_rnn.neural.bundle.combining import PREFIX, combination_of, described, tensors_of
from forecast_rnn.neural.bundle.folder import Tensors, read_bundle, write_bundle
from forecast_rnn.neural.bundle.parts import build, fits, frozen, panel_of
from forecast_rnn.neural.bundle.series import GROUP
from forecast_rnn.neural.heads import CLASSIFIERS
from forecast_rnn.neural.inference.classes import Classes
from forecast_rnn.neural.inference.forecaster import Forecaster
from forecast_rnn.neural.network.encoding import Encoding
from forecast_rnn.neural.network.network import Network, build_network
from forecast_rnn.neural.scaling.transform import TRANSFORMS, Transform

Kind = TypeVar("Kind")
PARTS = {
    "schema": Schema,
    "frequency": Frequency,
    "task": Task,
    "model": ModelConfig,
    "transform": Transform,
    "encoding": Encoding,
    "dependence": Dependence,
    "calibration": Calibration,
    "classes": Classes,
}
ROLES = ("static", "past", "known")
MOST_MEMBERS = 64


def save_model(
    folder: Path, forecaster: Forecaster, panel: Panel, training: dict[str, Any]
) -> None:
    """Write the bundle.

    Args:
        folder: Replaced whole if it is there.
        forecaster: The networks and all it takes to use them.
        panel: The series as they were at training.
        training: How the networks came about; told by `inspect`, used by nothing.
    """
    description: dict[str, Any] = {name: asdict(getattr(forecaster, name)) for name in PARTS}
    description |= {
        "combination": described(forecaster.combination),
        "floor": forecaster.floor,
        "nonnegative": forecaster.nonnegative,
        "fallback": forecaster.fallback,
        "rounded": forecaster.rounded,
        "members": len(forecaster.networks),
        "training": training,
    }
    tensors = {
        f"{member}.{name}": tensor.detach().cpu().numpy()
        for member, network in enumerate(forecaster.networks)
        for name, tensor in network.state_dict().items()
    }
    tensors |= tensors_of(forecaster.combination)
    write_bundle(folder, description, tensors, partial(panel_tables, panel, GROUP))


def load_model(folder: Path, device: torch.device) -> tuple[Forecaster, Panel]:
    """Read a bundle; nothing in it is run, imported or joined into a path.

    Raises:
        BundleError: a part is missing, unknown, of a wrong type, or out of range.
    """
    bundle, where = read_bundle(folder), str(folder)
    parts = _parts(bundle.description, where)
    task, members = parts["task"], parts.pop("members")
    panel = panel_of(bundle.series, parts["schema"], parts["frequency"], where)
    _check_encoding(panel, parts["encoding"], where)
    _check_classes(parts["classes"], task, parts["model"], where)
    priors = {name: part for name, part in bundle.tensors.items() if name.startswith(PREFIX)}
    description = bundle.description["combination"]
    combination = combination_of(description, priors, task, where, networks=1)
    shape = parts["model"], task, parts["encoding"]
    others = {name: part for name, part in bundle.tensors.items() if name not in priors}
    networks = tuple(
        network.to(device).train(False) for network in _networks(others, members, shape, where)
    )
    return Forecaster(**parts, combination=combination, networks=networks), panel


def _parts(description: dict[str, Any], where: str) -> dict[str, Any]:
    """Make the parts of a forecaster but for its networks, and `members`, of what JSON says."""
    plain = {"floor", "nonnegative", "rounded", "fallback", "members"}
    known = {*PARTS, *plain, "combination", "training"}
    if set(description) != known:
        odd = sorted(set(description) ^ known)
        raise BundleError(f"{where}: the manifest has unknown or missing keys: {', '.join(odd)}.")
    parts: dict[str, Any] = {
        name: build(kind, description[name], f"{where}: {name}") for name, kind in PARTS.items()
    }
    parts |= {name: description[name] for name in plain}
    floor, members, fallback = parts["floor"], parts["members"], parts["fallback"]
    if not (fits(floor, float) and fits(members, int) and 1 <= members <= MOST_MEMBERS):
        raise BundleError(f"{where}: floor {floor!r} or members {members!r} is out of range.")
    for name in ("nonnegative", "rounded"):
        if not isinstance(parts[name], bool):
            raise BundleError(f"{where}: {name} is {str(parts[name])[:60]!r}, not true or false.")
    if parts["transform"].name not in TRANSFORMS:
        raise BundleError(f"{where}: there is no transform '{parts['transform'].name}'.")
    if not fits(fallback, tuple[tuple[str, ...], ...] | None):
        raise BundleError(f"{where}: fallback is {str(fallback)[:60]!r}, not a list of ids.")
    calibrated, horizon = len(parts["calibration"].factors), parts["task"].horizon
    if calibrated not in (0, horizon):
        raise BundleError(f"{where}: the calibration is of {calibrated} steps, not {horizon}.")
    return parts | {"fallback": frozen(fallback)}


def _check_encoding(panel: Panel, encoding: Encoding, where: str) -> None:
    """Refuse an encoding of other columns, fields or holidays than those of the series."""
    schema = panel.schema
    fits = all(getattr(schema, role) == getattr(encoding, role) for role in ROLES)
    fits &= sorted(schema.categorical) == sorted(encoding.categorical)
    fits &= schema.holidays == encoding.countries and len(panel.starts) > 0
    if fits:
        names = dict(zip(encoding.countries, encoding.holidays, strict=True))
        first = replace(panel, starts=panel.starts[:1], values=np.zeros(1), indptr=np.array([0, 1]))
        try:
            book = almanac(first, 0, countries=encoding.countries, holiday_names=names)
        except ConfigError as error:
            raise BundleError(f"{where}: {error}") from error
        sizes = dict(zip(encoding.holiday_fields, encoding.holiday_sizes, strict=True))
        known = dict(zip(book.fields, book.sizes, strict=True))
        fits = {*encoding.calendar} <= {*known}
        fits &= sizes == {name: known[name] for name in known if name not in SIZES}
    if not fits:
        raise BundleError(f"{where}: the encoding does not suit the schema and the frequency.")


def _check_classes(classes: Classes, task: Task, model: ModelConfig, where: str) -> None:
    """Refuse classes that are not those of the task, or that the head does not forecast."""
    fits = (model.head in CLASSIFIERS) == (task.kind == CLASSES)
    fits &= len(classes.edges) == max(0, task.classes - 1)
    fits &= len(classes.shares) == {VALUES: 0, CLASSES: task.horizon}[task.kind]
    if not (fits and all(len(shares) == task.classes for shares in classes.shares)):
        raise BundleError(f"{where}: the classes do not suit the task and the head.")


def _networks(
    tensors: Tensors, members: int, shape: tuple[ModelConfig, Task, Encoding], where: str
) -> list[Network]:
    """Fill networks of our own making, after every name and shape was compared."""
    model, task, encoding = shape
    held = sum(tensor.size for tensor in tensors.values())
    if max(model.layers * model.hidden_size**2, model.window_length, task.horizon) > held:
        # Before a network is built: no more memory than the file itself could fill.
        raise BundleError(f"{where}: weights.safetensors is too small for the model described.")
    networks = [build_network(model, task, encoding, seed=0) for _ in range(members)]
    state = networks[0].state_dict()
    wanted = {f"{m}.{name}": part.shape for m in range(members) for name, part in state.items()}
    for name in sorted({*wanted, *tensors}):
        if name not in wanted or name not in tensors or tensors[name].shape != tuple(wanted[name]):
            raise BundleError(f"{where}: weights.safetensors: tensor '{name[:60]}' does not fit.")
    for member, network in enumerate(networks):
        network.load_state_dict(
            {name: torch.from_numpy(tensors[f"{member}.{name}"]) for name in state}
        )
    return networks
