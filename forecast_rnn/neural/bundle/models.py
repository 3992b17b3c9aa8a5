"""Bundles of either kind of forecaster: trained networks, which take torch, and a prior."""

from pathlib import Path
from typing import Any, cast

from forecast_rnn.config import DEVICES
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.errors import no_such
from forecast_rnn.forecasting.protocol import AnyForecaster
from forecast_rnn.forecasting.zeroshot import ZeroShot
from forecast_rnn.neural.bundle.folder import read_description
from forecast_rnn.neural.bundle.zeroshot import KIND, load_zero_shot, save_zero_shot


def save(folder: Path, forecaster: AnyForecaster, panel: Panel, training: dict[str, Any]) -> None:
    """Write a bundle.

    Args:
        folder: Replaced whole if it is there.
        forecaster: All it takes to forecast.
        panel: The series that it knows.
        training: How it came about; told by `inspect`, used by nothing.
    """
    if isinstance(forecaster, ZeroShot):
        save_zero_shot(folder, forecaster, panel, training)
        return
    from forecast_rnn.neural.bundle.saving import save_model

    save_model(folder, cast("Any", forecaster), panel, training)


def load(folder: Path, device: str, threads: int | None) -> tuple[AnyForecaster, Panel]:
    """Read a bundle.

    Args:
        folder: Of the bundle.
        device: What networks compute on; a prior is small enough for the processor always.
        threads: Of the processor; None for all that may be used.

    Raises:
        InputError: there is nothing at the path.
        BundleError: the bundle is damaged or incompatible.
        ConfigError: there is no such device.
    """
    if device not in DEVICES:
        raise no_such("device", device, DEVICES)
    if read_description(folder).get("kind") == KIND:
        return load_zero_shot(folder)
    from dataclasses import replace

    from forecast_rnn.neural.bundle.saving import load_model
    from forecast_rnn.neural.runtime import choose_device, usable_cores

    forecaster, panel = load_model(folder, choose_device(device))
    return replace(forecaster, threads=threads or usable_cores()), panel
