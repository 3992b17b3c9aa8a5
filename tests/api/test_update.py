"""A model that takes in new rows."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from forecast_rnn.api import train as api
from forecast_rnn.api.model import load
from forecast_rnn.config import TrainConfig
from forecast_rnn.data.hints import Hints
from forecast_rnn.errors import ConfigError, DataError
from tests.shops import QUIET, shop_frame

CONFIG = TrainConfig(prior="none", hidden_size=8, steps=20, members=1, threads=1)
LAST = date(2024, 5, 9)
KNOWN = ("promotion", "slogan")


@pytest.fixture(scope="module")
def sales(tmp_path_factory, sales_writer):
    return pl.read_csv(sales_writer(tmp_path_factory.mktemp("data") / "sales.csv", days=140))


@pytest.fixture(scope="module")
def model(sales):
    return api.train(up_to(sales, LAST), horizon=7, config=CONFIG).model


def up_to(frame, day):
    return frame.filter(pl.col("date") <= str(day))


def after(frame, day):
    return frame.filter(pl.col("date") > str(day))


def close(table, other):
    numbers = pl.col("forecast", "^q.*$")
    assert table.select(pl.exclude("forecast", "^q.*$")).equals(
        other.select(pl.exclude("forecast", "^q.*$"))
    )
    np.testing.assert_allclose(table.select(numbers), other.select(numbers), rtol=0.02)


def test_an_update_forecasts_as_predict_does_on_all_rows(model, sales):
    _, prediction = model.update(after(sales, LAST))

    close(prediction.table, model.predict(sales).table)
    assert prediction.warnings == ()


def test_updates_one_by_one_are_one_update(model, sales):
    going = model
    for _, rows in after(sales, LAST).group_by("date", maintain_order=True):
        going, prediction = going.update(rows)

    _, together = model.update(after(sales, LAST))

    np.testing.assert_allclose(prediction.table["forecast"], together.table["forecast"], rtol=0.02)
    assert going.panel.values.tolist() == together.panel.values.tolist()


def test_an_update_leaves_the_model_what_it_was(model, sales):
    before = model.predict().table

    model.update(after(sales, LAST))

    assert model.predict().table.equals(before)
    assert model.memory is None


def test_after_an_update_other_data_are_forecast_by_their_own_rows(model, sales):
    going, _ = model.update(after(sales, LAST))
    shop = pl.col("shop")
    other = {
        "four times as much": sales.with_columns(pl.col("sales") * 4),
        "another shop in place of the first": pl.concat(
            [
                sales.filter(shop == "south").with_columns(pl.lit("aside").alias("shop")),
                sales.filter(shop == "north"),
            ]
        ),
        "one shop more": pl.concat(
            [sales, sales.filter(shop == "south").with_columns(pl.lit("west").alias("shop"))]
        ),
    }

    for what, data in other.items():
        assert going.predict(data).table.equals(model.predict(data).table), what
        paths = going.paths(3, data).table
        assert paths.equals(model.paths(3, data).table), what


def test_a_series_without_new_rows_is_forecast_as_before(model, sales):
    rows = after(sales, LAST).filter(pl.col("shop") == "south")

    _, prediction = model.update(rows)

    north = pl.col("shop") == "north"
    close(prediction.table.filter(north), model.predict().table.filter(north))
    assert prediction.table["date"].min() < prediction.table.filter(~north)["date"].min()


def test_paths_go_on_from_what_was_taken_in(model, sales):
    going, prediction = model.update(after(sales, LAST))

    paths = going.paths(200, seed=1).table

    median = paths.group_by("shop", "date", maintain_order=True).agg(pl.col("value").median())
    assert median["date"].equals(prediction.table["date"])
    np.testing.assert_allclose(median["value"], prediction.table["forecast"], rtol=0.2)


def test_a_file_does_as_well_as_a_table(model, sales, tmp_path):
    after(sales, LAST).write_csv(tmp_path / "new.csv")

    _, by_file = model.update(tmp_path / "new.csv")

    assert by_file.table.equals(model.update(after(sales, LAST))[1].table)


def test_rows_that_are_known_are_refused(model, sales):
    with pytest.raises(DataError, match="are known already"):
        model.update(sales)


def test_values_of_another_size_are_said_or_refused(model, sales):
    rows = after(sales, LAST).with_columns(pl.col("sales") * 1000)

    _, prediction = model.update(rows)

    assert "values of another size than at training" in prediction.warnings[0]
    with pytest.raises(DataError, match="refused by --strict"):
        model.update(rows, strict=True)


def test_values_are_held_against_those_of_earlier_updates(model, sales):
    new = after(sales, LAST)
    first, second = (new.filter(pl.col("date") == day) for day in sorted({*new["date"]})[:2])
    going, _ = model.update(first.with_columns(pl.col("sales") * 1000))

    _, prediction = going.update(second.with_columns(pl.col("sales") * 1000))

    assert not any("another size" in warning for warning in prediction.warnings)


def test_known_columns_go_on_with_the_rows(tmp_path):
    config, hints = (
        TrainConfig(**QUIET),
        Hints(item_id=("shop",), target=("sales",), known=KNOWN),
    )
    frame = shop_frame(days=87, ahead=7)
    day = pl.col("day")
    old, new = day < date(2024, 3, 25), day.is_between(date(2024, 3, 25), date(2024, 3, 27))
    ahead = frame.filter(day > date(2024, 3, 27)).select("shop", "day", *KNOWN)
    model = api.train(frame.filter(old), horizon=7, hints=hints, config=config).model

    _, prediction = model.update(frame.filter(new), future=ahead)

    close(prediction.table, model.predict(frame).table)


def test_a_network_with_attention_says_what_to_do(sales):
    config = TrainConfig(prior="none", hidden_size=8, steps=5, members=1, threads=1, attention=True)
    model = api.train(up_to(sales, LAST), horizon=7, config=config).model

    with pytest.raises(ConfigError, match="use predict, or train one without"):
        model.update(after(sales, LAST))


def test_a_loaded_model_takes_in_new_rows(sales, tmp_path):
    trained = api.train(up_to(sales, LAST), horizon=7, config=CONFIG, out=tmp_path / "out")

    _, prediction = load(trained.folder).update(after(sales, LAST))

    assert prediction.table.equals(trained.model.update(after(sales, LAST))[1].table)
