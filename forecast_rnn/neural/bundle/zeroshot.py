"""A forecaster that was not trained on its series as a bundle, and back; without torch."""

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from forecast_rnn.config import Task
from forecast_rnn.data.panels.panel import Panel, panel_tables
from forecast_rnn.data.schema import Schema
from forecast_rnn.data.time.frequency import Frequency
from forecast_rnn.errors import BundleError
from forecast_rnn.evaluation.calibration import Calibration
from forecast_rnn.forecasting.dependence import Dependence
from forecast_rnn.forecasting.zeroshot import ZeroShot
from forecast_rnn.kinds import VALUES
from forecast_rnn.neural.bundle.combining import combination_of, described, tensors_of
from forecast_rnn.neural.bundle.folder import read_bundle, write_bundle
from forecast_rnn.neural.bundle.parts import build, check, check_keys, frozen, panel_of
from forecast_rnn.neural.bundle.series import GROUP

KIND = "zero-shot"
PARTS = {
    "schema": Schema,
    "frequency": Frequency,
    "task": Task,
    "dependence": Dependence,
    "calibration": Calibration,
}
OTHERS = {"nonnegative": bool, "rounded": bool, "fallback": tuple[tuple[str, ...], ...] | None}


def save_zero_shot(
    folder: Path, forecaster: ZeroShot, panel: Panel, training: dict[str, Any]
) -> None:
    """Write the bundle; see `neural.bundle.saving.save_model`."""
    description: dict[str, Any] = {name: asdict(getattr(forecaster, name)) for name in PARTS}
    description |= {name: getattr(forecaster, name) for name in OTHERS}
    combination = forecaster.combination
    description |= {"kind": KIND, "training": training, "combination": described(combination)}
    write_bundle(folder, description, tensors_of(combination), partial(panel_tables, panel, GROUP))


def load_zero_shot(folder: Path) -> tuple[ZeroShot, Panel]:
    """Read a bundle; nothing in it is run, imported or joined into a path.

    Raises:
        BundleError: a part is missing, unknown, of a wrong type, or out of range.
    """
    bundle, where = read_bundle(folder), str(folder)
    description = bundle.description
    check_keys(description, {*PARTS, *OTHERS, "kind", "training", "combination"}, where)
    parts: dict[str, Any] = {
        name: build(kind, description[name], f"{where}: {name}") for name, kind in PARTS.items()
    }
    for name, kind in OTHERS.items():
        check(description[name], kind, f"{where}: {name}")
    _check_steps(parts["task"], parts["calibration"], where)
    forecaster = ZeroShot(
        **parts,
        **{name: frozen(description[name]) for name in OTHERS},
        combination=combination_of(
            description["combination"], bundle.tensors, parts["task"], where
        ),
    )
    if not forecaster.combination.priors:
        raise BundleError(f"{where}: combination has no prior, which gives the intervals.")
    return forecaster, panel_of(bundle.series, parts["schema"], parts["frequency"], where)


def _check_steps(task: Task, calibration: Calibration, where: str) -> None:
    """Refuse a task of classes, and a calibration of other steps."""
    if task.kind != VALUES:
        raise BundleError(f"{where}: a prior forecasts values, not {task.classes} classes.")
    if len(calibration.factors) not in (0, task.horizon):
        steps = len(calibration.factors)
        raise BundleError(f"{where}: the calibration is of {steps} steps, not {task.horizon}.")
