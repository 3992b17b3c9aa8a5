"""Darts: BlockRNNModel, which forecasts the horizon at once."""

from tests.benchmarks.peers.side import HORIZON, LAYERS, LEVELS, SEEN, WIDTH, Job, run


def fit(job: Job):
    """Train on float32 series, as they recommend; quantiles come without sampling."""
    import numpy as np
    from darts import TimeSeries
    from darts.models import BlockRNNModel
    from darts.utils.likelihood_models import QuantileRegression
    from pytorch_lightning.callbacks import Callback

    series = [TimeSeries.from_values(values.astype(np.float32)) for values in job.series]
    model = BlockRNNModel(
        model=job.cell.upper(),
        input_chunk_length=SEEN,
        output_chunk_length=HORIZON,
        hidden_dim=WIDTH,
        n_rnn_layers=LAYERS,
        likelihood=QuantileRegression(list(LEVELS)),
        batch_size=job.batch,
        n_epochs=1_000_000,
        work_dir=job.folder,
        pl_trainer_kwargs={"enable_checkpointing": False, **job.trainer(Callback)},
    )
    model.fit(series)

    def forecast() -> int:
        found = model.predict(HORIZON, series=series, predict_likelihood_parameters=True)
        return sum(one.values(copy=False).size for one in found)

    return {"forecasts": forecast}


if __name__ == "__main__":
    run(fit)
