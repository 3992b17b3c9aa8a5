"""Forecast time series with recurrent networks.

`train`, `load` and what they return come when asked for, so that importing this
package loads neither torch nor polars.
"""

import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forecast_rnn.api.model import Model, load
    from forecast_rnn.api.prediction import Prediction
    from forecast_rnn.api.train import Trained, train

__version__ = "0.1.0"
_HOMES = {
    "Model": "model",
    "Prediction": "prediction",
    "Trained": "trained",
    "load": "model",
    "train": "train",
}
__all__ = ["Model", "Prediction", "Trained", "__version__", "load", "train"]


def __getattr__(name: str) -> object:
    """Fetch a public name from the module that has it, at its first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'forecast_rnn' has no attribute '{name}'")
    return pkgutil.resolve_name(f"forecast_rnn.api.{_HOMES[name]}:{name}")
