"""PyTorch-Forecasting: RecurrentNetwork, which forecasts step by step."""

from tests.benchmarks.peers.side import HORIZON, LAYERS, SEEN, WIDTH, Job, run


def fit(job: Job):
    """Train without the metrics that they would log."""
    import lightning.pytorch as pl
    import pandas as pd
    from lightning.pytorch.callbacks import Callback
    from pytorch_forecasting import RecurrentNetwork, TimeSeriesDataSet
    from pytorch_forecasting.metrics import MAE
    from torch.nn import ModuleList

    frame = pd.DataFrame(job.columns())
    data = TimeSeriesDataSet(
        frame,
        time_idx="ds",
        target="y",
        group_ids=["unique_id"],
        min_encoder_length=SEEN,
        max_encoder_length=SEEN,
        min_prediction_length=HORIZON,
        max_prediction_length=HORIZON,
        time_varying_unknown_reals=["y"],
    )
    model = RecurrentNetwork.from_dataset(
        data,
        cell_type=job.cell.upper(),
        hidden_size=WIDTH,
        rnn_layers=LAYERS,
        loss=MAE(),
        logging_metrics=ModuleList(),
        log_interval=-1,
    )
    settings = job.trainer(Callback)
    trainer = pl.Trainer(max_epochs=1_000_000, enable_checkpointing=False, **settings)
    trainer.fit(model, data.to_dataloader(train=True, batch_size=job.batch, num_workers=0))
    seen = frame.groupby("unique_id").tail(SEEN)
    steps = seen.groupby("unique_id").tail(HORIZON)  # targets that only hold the place
    steps = steps.assign(ds=steps["ds"] + HORIZON)
    rows = pd.concat([seen, steps], ignore_index=True)
    ahead = TimeSeriesDataSet.from_dataset(data, rows, predict=True)
    quiet = {name: value for name, value in settings.items() if name != "callbacks"}

    def forecast() -> int:
        loader = ahead.to_dataloader(train=False, batch_size=job.batch, num_workers=0)
        return model.predict(loader, trainer_kwargs=dict(quiet)).numel()  # it adds to these

    return {"forecasts": forecast}


if __name__ == "__main__":
    run(fit)
