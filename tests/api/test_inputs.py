"""Data as the functions take them."""

from datetime import date, timedelta

import polars as pl
import pytest

from forecast_rnn.api.backtest import backtest
from forecast_rnn.api.inputs import panel_of
from forecast_rnn.api.model import load
from forecast_rnn.api.train import train
from forecast_rnn.config import TrainConfig
from forecast_rnn.data.hints import Hints
from forecast_rnn.errors import DataError

QUICK = TrainConfig(prior="none", hidden_size=8, steps=5, members=1, threads=1)


def sold(days: int) -> dict[str, list[object]]:
    first = date(2024, 1, 1)
    return {
        "ds": [first + timedelta(days=day) for day in range(days)],
        "y": [float(day % 7) for day in range(days)],
    }


@pytest.mark.parametrize("make", [dict, lambda table: pl.DataFrame(table).to_arrow()])
def test_any_table_is_the_panel_of_its_polars_frame(make):
    panel, findings = panel_of(make(sold(30)), Hints())
    expected, found = panel_of(pl.DataFrame(sold(30)), Hints())

    assert panel.values.tolist() == expected.values.tolist()
    assert panel.starts.equals(expected.starts)
    assert findings == found


def test_a_pandas_frame_is_trained_on_and_forecast_from(tmp_path):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(sold(60)).set_index("ds")

    trained = train(frame, horizon=3, config=QUICK, out=tmp_path / "out")
    prediction = load(tmp_path / "out").predict(frame)

    assert trained.forecast["ds"].to_list() == prediction.table["ds"].to_list()
    assert trained.forecast.height == 3


def test_the_known_columns_of_the_steps_ahead_may_come_as_any_table():
    data = sold(63) | {"price": [float(day % 5) for day in range(63)]}
    history = {name: column[:60] for name, column in data.items()}
    future = {name: column[60:] for name, column in data.items() if name != "y"}

    trained = train(history, hints=Hints(known=("price",)), horizon=3, config=QUICK, future=future)

    assert trained.forecast.height == 3


def test_what_is_no_table_is_refused_by_its_type():
    with pytest.raises(TypeError, match="data of type list is not a table"):
        train([1, 2, 3], horizon=3)


@pytest.mark.parametrize("run", [train, backtest])
def test_series_of_one_row_each_are_refused_with_the_way_out(run):
    data = {"id": ["a", "b"], "ds": [date(2024, 1, 1)] * 2, "y": [1.0, 2.0]}

    with pytest.raises(DataError, match=r"series \('a', …\) has one row.*; give more rows"):
        run(data, hints=Hints(frequency="d"), horizon=2, config=QUICK)
