"""GluonTS: DeepAR, their recurrent network for torch, which has an LSTM only."""

from tests.benchmarks.peers.side import HORIZON, LAYERS, LEVELS, SEEN, WIDTH, Job, run


def fit(job: Job):
    """Train on cached series, as they recommend; quantiles are those of 100 samples."""
    import numpy as np
    import pandas as pd
    from gluonts.dataset.common import ListDataset
    from gluonts.torch import DeepAREstimator
    from lightning.pytorch.callbacks import Callback

    start = pd.Period("2020-01-01", freq="h")
    data = ListDataset([{"start": start, "target": values} for values in job.series], freq="h")
    estimator = DeepAREstimator(
        freq="h",
        prediction_length=HORIZON,
        context_length=SEEN,
        num_layers=LAYERS,
        hidden_size=WIDTH,
        lags_seq=[1],
        time_features=[],
        batch_size=job.batch,
        trainer_kwargs={"max_epochs": 1_000_000, **job.trainer(Callback)},
    )
    predictor = estimator.train(data, cache_data=True)

    def forecast() -> int:
        found = predictor.predict(data)
        return sum(np.stack([one.quantile(level) for level in LEVELS]).size for one in found)

    return {"forecasts": forecast}


if __name__ == "__main__":
    run(fit)
