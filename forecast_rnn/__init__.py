"""Forecast time series with recurrent networks.

`train`, `load` and what they return come when asked for, so that importing this
package loads neither torch nor polars.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forecast_rnn.api import Trained, train
    from forecast_rnn.model import Model, Prediction, load

__version__ = "0.1.0"
__all__ = ["Model", "Prediction", "Trained", "__version__", "load", "train"]


def __getattr__(name: str) -> object:
    """Fetch a public name from the module that has it, at its first use."""
    if name not in __all__:
        raise AttributeError(f"module 'forecast_rnn' has no attribute '{name}'")
    if name in ("Trained", "train"):
        from forecast_rnn import api

        return getattr(api, name)
    from forecast_rnn import model

    return getattr(model, name)
