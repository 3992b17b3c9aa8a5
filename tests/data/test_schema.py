"""The roles of columns."""

import pytest

from forecast_rnn.data.hints import Hints
from forecast_rnn.data.schema import Schema
from forecast_rnn.errors import ConfigError


def test_hints_find_the_same_columns_again() -> None:
    schema = Schema(timestamp="ds", target="y", item_id=("id",), time_type="date", frequency="d")

    assert schema.hints() == Hints(time="ds", target=("y",), item_id=("id",), frequency="d")


def test_the_order_of_day_and_month_is_kept_for_newer_data() -> None:
    schema = Schema(timestamp="ds", target="y", time_type="date", time_format="%d/%m/%Y")

    assert schema.hints().date_format == "%d/%m/%Y"


def test_what_was_put_right_at_training_is_put_right_again() -> None:
    said = Hints(duplicates="mean", missing="zero", wide=True, encoding="cp1252", time="ds")
    schema = Schema(
        timestamp="ds",
        target="value",
        item_id=("series",),
        time_type="date",
        duplicates="mean",
        missing="zero",
        wide=True,
        encoding="cp1252",
    )

    assert schema.hints() == said


@pytest.mark.parametrize(
    ("name", "value", "choices"),
    [
        ("duplicates", "first", "error, sum, mean, last"),
        ("missing", "drop", "keep, zero, previous"),
        ("encoding", "klingon", "cp1252"),
        ("encoding", "rot13", "cp1252"),
        ("encoding", "idna", "cp1252"),
        ("encoding", "a\0b", "cp1252"),
    ],
)
def test_an_unknown_choice_is_refused_with_the_choices(name: str, value: str, choices: str) -> None:
    with pytest.raises(ConfigError, match=choices):
        Hints(**{name: value})  # type: ignore[arg-type]


def test_a_bundle_with_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(ConfigError, match="'klingon' is not known"):
        Schema(timestamp="ds", target="y", time_type="date", encoding="klingon")


def test_a_numeric_column_is_one_that_is_read():
    assert Hints(known=("price",), numeric=("price",)).covariates == ("price",)
    with pytest.raises(ConfigError, match="numeric column 'price' is not among the static"):
        Hints(numeric=("price",))


def test_a_column_holds_names_or_numbers():
    with pytest.raises(ConfigError, match="'price' is said to be both categorical and numeric"):
        Hints(known=("price",), numeric=("price",), categorical=("price",))
