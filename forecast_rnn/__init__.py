"""Forecast time series with recurrent networks.

`forecast`, `train`, `load`, `backtest`, `compare`, `inspect` and `pretrain` do what the commands of
these names do, on a file or a table; `load` is what `predict` and `update` begin with. Each returns
a frozen value whose tables are Polars frames: `.to_pandas()` of these is Polars' own, and takes
pandas and pyarrow.

Names come when asked for, so that importing this package loads neither torch nor polars.
"""

import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forecast_rnn.api.backtest import Backtested, backtest
    from forecast_rnn.api.compare import Compared, compare
    from forecast_rnn.api.forecast import forecast
    from forecast_rnn.api.inspect import Inspected, inspect
    from forecast_rnn.api.model import Model, load
    from forecast_rnn.api.prediction import Prediction
    from forecast_rnn.api.pretrain import Pretrained, Pretraining, pretrain
    from forecast_rnn.api.train import train
    from forecast_rnn.api.trained import Trained
    from forecast_rnn.config import TrainConfig
    from forecast_rnn.data.hints import Hints

__version__ = "0.1.0"
_HOMES = {
    "Backtested": "api.backtest",
    "Compared": "api.compare",
    "Hints": "data.schema",
    "Inspected": "api.inspect",
    "Model": "api.model",
    "Prediction": "api.prediction",
    "Pretrained": "api.pretrain",
    "Pretraining": "api.pretrain",
    "TrainConfig": "config",
    "Trained": "api.trained",
    "backtest": "api.backtest",
    "compare": "api.compare",
    "forecast": "api.forecast",
    "inspect": "api.inspect",
    "load": "api.model",
    "pretrain": "api.pretrain",
    "train": "api.train",
}
__all__ = [
    "Backtested",
    "Compared",
    "Hints",
    "Inspected",
    "Model",
    "Prediction",
    "Pretrained",
    "Pretraining",
    "TrainConfig",
    "Trained",
    "__version__",
    "backtest",
    "compare",
    "forecast",
    "inspect",
    "load",
    "pretrain",
    "train",
]


def __getattr__(name: str) -> object:
    """Fetch a public name from the module that has it, at its first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'forecast_rnn' has no attribute '{name}'")
    return pkgutil.resolve_name(f"forecast_rnn.{_HOMES[name]}:{name}")


def __dir__() -> list[str]:
    """Return the public names, those included that were not asked for yet."""
    return sorted({*globals(), *__all__})
