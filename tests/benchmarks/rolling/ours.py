"""Forecast-rnn: `backtest` of an LSTM, all of it or the forecasts alone."""

import polars as pl
import polars.selectors as cs

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
    from forecast_rnn.api.backtest import backtest
    from forecast_rnn.baselines import USUAL_BASELINES
    from forecast_rnn.config import TrainConfig

    given = {"steps": arguments.steps, "members": 1, "calendar": False} if arguments.steps else {}
    config = TrainConfig(cell="lstm", hidden_size=WIDTH, layers=LAYERS, threads=CORES, **given)

    def evaluate() -> pl.DataFrame:
        tested = backtest(
            arguments.series,
            horizon=HORIZON,
            quantile_levels=LEVELS,
            windows=WINDOWS,
            config=config,
            baselines=USUAL_BASELINES if arguments.baselines else (),
            out="backtest",
        )
        return tested.table.filter(pl.col("model") == "network")

    if arguments.alone:
        forecast = trained(arguments.series, config)
        forecast()
        table = timed(forecast, repeats=REPEATS)
    else:
        table = timed(evaluate)
    table = table.select("unique_id", "ds", "cutoff", *(f"q{level}" for level in LEVELS))
    times = cs.string().exclude("unique_id")  # as they were read, where from a file
    table.with_columns(times.str.to_date()).write_parquet(arguments.forecasts)


def trained(series, config):
    """Train, and return what goes from a table in memory to one of forecasts and outcomes."""
    from forecast_rnn.api.evaluate import evaluate
    from forecast_rnn.api.inputs import panel_of, usual_task
    from forecast_rnn.data.hints import Hints
    from forecast_rnn.neural.fitting.fit import fit_tested
    from forecast_rnn.output.publish import published
    from forecast_rnn.progress import ignore

    frame = pl.read_csv(series, try_parse_dates=True)
    panel, _ = panel_of(frame, Hints())
    task = usual_task(panel, HORIZON, quantile_levels=LEVELS)
    tested = fit_tested(panel, task, config, ignore, windows=WINDOWS)

    def forecast() -> pl.DataFrame:
        panel, _ = panel_of(frame, Hints())
        table = evaluate(panel, tested.forecaster, tested.rows, ())
        return published(table, panel, task)

    return forecast


if __name__ == "__main__":
    main()
