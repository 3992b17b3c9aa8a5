"""NeuralForecast: `cross_validation` of its LSTM with the direct decoder that is its default."""

import logging
import warnings

from tests.benchmarks.rolling.side import (
    CORES,
    HORIZON,
    LAYERS,
    LEVELS,
    REPEATS,
    WIDTH,
    WINDOWS,
    options,
    timed,
)


def main() -> None:
    """Evaluate, and store the forecasts."""
    arguments = options()
    warnings.simplefilter("ignore")
    for name in ("pytorch_lightning", "lightning", "lightning.pytorch"):
        logging.getLogger(name).setLevel(logging.ERROR)
    import pandas as pd
    import torch

    torch.set_num_threads(CORES)
    forecaster = make(arguments.steps)

    def read():
        return pd.read_csv(arguments.series, parse_dates=["ds"])

    def evaluate(data, **more):
        return forecaster.cross_validation(
            data, n_windows=WINDOWS, step_size=HORIZON, refit=False, **more
        )

    if arguments.alone:
        data = read()
        evaluate(data)
        evaluate(data, use_fitted=True)
        table = timed(lambda: evaluate(data, use_fitted=True), repeats=REPEATS)
    else:
        table = timed(lambda: evaluate(read()))
    table = table.drop(columns="y")
    table.columns = ["unique_id", "ds", "cutoff", *(f"q{level}" for level in LEVELS)]
    table.to_parquet(arguments.forecasts)


def make(steps: int):
    """Return a forecaster with one model that writes nothing."""
    from neuralforecast import NeuralForecast
    from neuralforecast.losses.pytorch import MQLoss
    from neuralforecast.models import LSTM

    model = LSTM(
        h=HORIZON,
        encoder_hidden_size=WIDTH,
        encoder_n_layers=LAYERS,
        decoder_hidden_size=WIDTH,
        loss=MQLoss(quantiles=list(LEVELS)),
        max_steps=steps,
        enable_checkpointing=False,
        accelerator="cpu",
        devices=1,
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    return NeuralForecast(models=[model], freq="D")


if __name__ == "__main__":
    main()
