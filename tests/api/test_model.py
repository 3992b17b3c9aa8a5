"""A trained model on new data."""

import numpy as np
import polars as pl
import pytest

from forecast_rnn.api import train as api
from forecast_rnn.api.model import load
from forecast_rnn.config import TrainConfig
from forecast_rnn.errors import ConfigError, DataError

CONFIG = TrainConfig(prior="none", hidden_size=8, steps=20, members=1, threads=1)


@pytest.fixture(scope="module")
def trained(tmp_path_factory, sales_writer):
    folder = tmp_path_factory.mktemp("model")
    return api.train(
        sales_writer(folder / "sales.csv"), horizon=7, config=CONFIG, out=folder / "out"
    )


def test_a_loaded_model_gives_the_forecast_of_training(trained):
    by_folder = load(trained.folder).predict()
    by_bundle = load(trained.folder / "model").predict()

    assert by_folder.table.equals(trained.forecast)
    assert by_bundle.table.equals(trained.forecast)
    assert by_folder.warnings == by_folder.missing == ()


def test_newer_rows_move_the_forecast_on(trained, tmp_path, sales_writer):
    longer = sales_writer(tmp_path / "longer.csv", days=143)

    table = load(trained.folder).predict(longer).table

    assert table["date"][0] == "2024-05-23"


def test_a_series_that_training_did_not_see_is_forecast_and_named(trained, tmp_path, sales_writer):
    path = sales_writer(tmp_path / "new.csv", shops=("north", "east"))

    prediction = load(trained.folder).predict(path)

    assert set(prediction.table["shop"]) == {"north", "east"}
    assert "east" in prediction.warnings[-1]
    assert "north" not in prediction.warnings[-1]


def test_values_of_a_sign_that_training_did_not_see_are_said(trained, sales_csv):
    frame = pl.read_csv(sales_csv).with_columns(
        sales=pl.when(pl.col("date") == "2024-03-01").then(-5).otherwise("sales")
    )

    prediction = trained.model.predict(frame)

    assert "2 values are not positive" in prediction.warnings[-1]


def test_data_of_another_frequency_are_refused_with_both(trained):
    weekly = pl.DataFrame(
        {
            "shop": "north",
            "date": pl.date_range(pl.date(2024, 1, 1), pl.date(2025, 1, 1), "1w", eager=True),
            "sales": 1.0,
        }
    )

    with pytest.raises(DataError, match=r"steps of 1d.*steps of 1w"):
        trained.model.predict(weekly)


def test_a_series_whose_end_is_empty_is_forecast_by_the_seasonal_naive_and_named(trained):
    days = pl.date_range(pl.date(2024, 1, 1), pl.date(2024, 5, 19), "1d", eager=True)
    frame = pl.concat(
        pl.DataFrame({"shop": name, "date": days, "sales": values}, strict=False)
        for name, values in (
            ("north", [100.0 + day % 7 for day in range(140)]),
            ("south", [100.0 + day % 7 if day < 60 else None for day in range(140)]),
        )
    )

    prediction = trained.model.predict(frame)

    south = prediction.table.filter(pl.col("shop") == "south")
    assert prediction.fallback == ("south",)
    assert prediction.missing == ()
    assert south["forecast"].to_list() == [100.0 + day % 7 for day in range(140, 147)]
    assert prediction.warnings[-1] == (
        "1 series was forecast by the seasonal naive, for the last 56 rows hold no value: south."
    )


def test_paths_are_drawn_for_every_series_and_step_the_same_for_the_same_seed(trained):
    model = load(trained.folder)

    table = model.paths(50, seed=3).table

    assert table.columns == ["shop", "date", "path", "value"]
    assert table.height == 2 * 7 * 50
    assert table["path"].to_list() == [*range(1, 51)] * 14
    assert (
        table.select("shop", "date")
        .unique(maintain_order=True)
        .equals(trained.forecast.select("shop", "date"))
    )
    assert model.paths(50, seed=3).table.equals(table)
    assert not model.paths(50, seed=4).table.equals(table)


def test_the_median_of_many_paths_is_the_forecast(trained):
    table = trained.model.paths(2000).table

    median = table.group_by("shop", "date", maintain_order=True).agg(pl.col("value").median())
    width = (trained.forecast["q0.9"] - trained.forecast["q0.1"]).to_numpy()
    error = (median["value"] - trained.forecast["forecast"]).to_numpy()
    assert (np.abs(error) < 0.1 * width).all()


def test_paths_of_a_series_whose_end_is_empty_come_from_the_seasonal_naive(trained, sales_csv):
    late = (pl.col("shop") == "south") & (pl.col("date") > "2024-03-01")
    frame = pl.read_csv(sales_csv).with_columns(sales=pl.when(~late).then("sales"))

    paths, forecast = trained.model.paths(500, frame), trained.model.predict(frame)

    assert (paths.fallback, paths.missing, paths.warnings) == (("south",), (), forecast.warnings)
    south = paths.table.filter(pl.col("shop") == "south")
    inside = south.join(forecast.table, on=["shop", "date"]).select(
        pl.col("value").is_between("q0.1", "q0.9").mean()
    )
    assert 0.75 < inside.item() < 0.85


@pytest.mark.parametrize(("count", "seed", "message"), [(0, 0, "paths is 0"), (1, -1, "seed is -")])
def test_paths_that_cannot_be_are_refused_with_the_value_seen(trained, count, seed, message):
    with pytest.raises(ConfigError, match=message):
        trained.model.paths(count, seed=seed)
