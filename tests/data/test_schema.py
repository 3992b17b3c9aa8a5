"""The roles of columns."""

from forecast_rnn.data.schema import Hints, Schema


def test_hints_find_the_same_columns_again() -> None:
    schema = Schema(timestamp="ds", target="y", item_id=("id",), time_type="date", frequency="d")

    assert schema.hints() == Hints(time="ds", target=("y",), item_id=("id",), frequency="d")


def test_the_order_of_day_and_month_is_kept_for_newer_data() -> None:
    schema = Schema(timestamp="ds", target="y", time_type="date", time_format="%d/%m/%Y")

    assert schema.hints().date_format == "%d/%m/%Y"
