"""NeuralForecast: LSTM and GRU with the direct decoder that is their default."""

from tests.benchmarks.peers.side import HORIZON, LAYERS, LEVELS, SEEN, WIDTH, Job, run


def fit(job: Job):
    """Train with batches of 32 series, their default, of whose windows some are drawn."""
    import pandas as pd
    from neuralforecast import NeuralForecast
    from neuralforecast.losses.pytorch import MQLoss
    from neuralforecast.models import GRU, LSTM
    from pytorch_lightning.callbacks import Callback

    cell = {"lstm": LSTM, "gru": GRU}[job.cell]
    model = cell(
        h=HORIZON,
        input_size=SEEN,
        encoder_hidden_size=WIDTH,
        encoder_n_layers=LAYERS,
        decoder_hidden_size=WIDTH,
        loss=MQLoss(quantiles=list(LEVELS)),
        max_steps=1_000_000,
        windows_batch_size=job.batch,
        valid_batch_size=job.batch,
        enable_checkpointing=False,
        **job.trainer(Callback),
    )
    forecaster = NeuralForecast(models=[model], freq=1)
    forecaster.fit(pd.DataFrame(job.columns()))
    return {"forecasts": lambda: forecaster.predict().iloc[:, 2:].size}


if __name__ == "__main__":
    run(fit)
