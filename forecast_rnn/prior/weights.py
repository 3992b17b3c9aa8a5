"""Priors as files: weights without torch, and a manifest that says how they came about."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from forecast_rnn.errors import BundleError, ConfigError
from forecast_rnn.prior.arrays import Floats32
from forecast_rnn.prior.bases import NAMES
from forecast_rnn.prior.design import CELLS, QUANTILE_LEVELS, Design
from forecast_rnn.prior.inputs import WIDTH as TOLD
from forecast_rnn.prior.rows import WIDTH as READ
from forecast_rnn.prior.trials import WIDTH as TRIALS

FORMAT = 1
"""Changes whenever the numbers that a network reads change."""

AUTO, NONE = "auto", "none"
FOLDER = Path(__file__).with_name("weights")


@dataclass(frozen=True, slots=True)
class Prior:
    """A network that forecasts as it is.

    Attributes:
        design: Its sizes.
        weights: By the names of the network in training, float32.
        manifest: How it came about: simulator, seed, steps, loss, command, sha256.
    """

    design: Design
    weights: Mapping[str, Floats32]
    manifest: Mapping[str, Any]


def shipped_cells() -> tuple[str, ...]:
    """Return the cells of which a prior comes with the package."""
    return tuple(cell for cell in CELLS if (FOLDER / f"{cell}.safetensors").exists())


def shipped_prior(cell: str = "gru") -> Prior:
    """Read the prior of a cell that comes with the package.

    Raises:
        ConfigError: there is none of that cell.
        BundleError: its file is damaged.
    """
    if cell not in shipped_cells():
        choices = ", ".join(shipped_cells())
        raise ConfigError(f"there is no prior of the cell '{cell}'; choose {choices}.")
    return read_prior(FOLDER / f"{cell}.safetensors")


def named_prior(name: str, cell: str) -> Prior:
    """Return the prior that a user names: `auto` for the one that is shipped of a cell, or a file.

    Raises:
        ConfigError: `none`, or there is none of that cell.
        BundleError: a file is damaged.
    """
    if name == NONE:
        raise ConfigError("a forecast without training takes a prior; leave out --prior none.")
    return shipped_prior(cell) if name == AUTO else read_prior(Path(name))


def read_prior(path: Path) -> Prior:
    """Read a prior: a safetensors file, and the manifest of the same name beside it.

    Raises:
        BundleError: one is missing, damaged, altered, or of a version this one cannot read.
    """
    try:
        manifest = json.loads(manifest_of(path).read_bytes())
        content = path.read_bytes()
        _check_manifest(manifest, content)
        design = Design(**manifest["design"])
        weights = _decode(content)
        _check_weights(design, weights)
    except OSError as error:
        raise BundleError(
            f"the prior '{path}' cannot be read: {error.strerror} ('{error.filename}'); "
            "give the path of a .safetensors file with its .json beside it, or reinstall."
        ) from error
    except (ValueError, TypeError, KeyError) as error:
        raise BundleError(
            f"the prior '{path}' is damaged: {error}; write it again, or reinstall."
        ) from error
    return Prior(design, weights, manifest)


def manifest_of(path: Path) -> Path:
    """Return where the manifest of a prior is."""
    return path.with_suffix(".json")


def encode_prior(
    design: Design, weights: Mapping[str, Floats32], about: Mapping[str, Any]
) -> tuple[bytes, bytes]:
    """Return the content of both files: weights as float16, and the manifest.

    Rounding to float16 changes forecasts by less than a thousandth of a size.

    Args:
        design: Sizes of the network.
        weights: By name.
        about: What the manifest says besides format, design and checksum.
    """
    from safetensors.numpy import save

    _check_weights(design, weights)
    content = save({name: part.astype(np.float16) for name, part in sorted(weights.items())})
    manifest = {
        "format": FORMAT,
        "design": asdict(design),
        **about,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return content, (json.dumps(manifest, indent=2) + "\n").encode()


def shapes(design: Design) -> dict[str, tuple[int, ...]]:
    """Return the shape of every weight of a network by name."""
    width, head = design.hidden_size, design.head_size
    outputs = len(NAMES) + len(QUANTILE_LEVELS)
    found: dict[str, tuple[int, ...]] = {
        "norm.weight": (width,),
        "step.weight": (head, TOLD),
        "trust": (len(NAMES),),
    }
    for name, rows, columns in (
        ("embed", width, READ),
        ("origin", head, width + READ + TRIALS),
        ("middle", head, head),
        ("output", outputs, head),
    ):
        found |= {f"{name}.weight": (rows, columns), f"{name}.bias": (rows,)}
    for layer in range(design.layers):
        found[f"layers.{layer}.norm.weight"] = (width,)
        cell = f"layers.{layer}.cell"
        if design.cell == "mingru":
            found[f"{cell}.input.weight"] = (2 * width, width)
            found[f"{cell}.input.bias"] = (2 * width,)
            continue
        rows = {"gru": 3, "lstm": 4}[design.cell] * width
        for side in ("ih", "hh"):
            found[f"{cell}.weights.weight_{side}_l0"] = (rows, width)
            found[f"{cell}.weights.bias_{side}_l0"] = (rows,)
    return found


def _check_manifest(manifest: Any, content: bytes) -> None:
    if not isinstance(manifest, dict) or not isinstance(manifest.get("design"), dict):
        raise ValueError("the manifest is not an object with a design")
    if manifest.get("format") != FORMAT:
        raise ValueError(f"its format is {manifest.get('format')}, and this version reads {FORMAT}")
    if hashlib.sha256(content).hexdigest() != manifest.get("sha256"):
        raise ValueError("its weights are not those that the manifest was written for")


def _decode(content: bytes) -> dict[str, Floats32]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return {name: part.astype(np.float32) for name, part in load(content).items()}
    except SafetensorError as error:
        raise ValueError(str(error)) from error


def _check_weights(design: Design, weights: Mapping[str, Floats32]) -> None:
    expected = shapes(design)
    found = {name: part.shape for name, part in weights.items()}
    if found != expected:
        odd = sorted({name for name in found | expected if found.get(name) != expected.get(name)})
        raise ValueError(f"the weight '{odd[0]}' is not as its design has it")
    bad = [name for name, part in weights.items() if not np.isfinite(part).all()]
    if bad:
        raise ValueError(f"the weight '{bad[0]}' holds a number that is not finite")
