"""The forecast table, cut and looked through."""

import polars as pl
import pytest

from forecast_rnn import tables
from forecast_rnn.tables import are_sorted, by_model, portions, quantile_column


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], True),
        ([(0, 5, 1)], True),
        ([(0, 5, 1), (0, 5, 2), (0, 6, 1), (2, 0, 1)], True),
        ([(0, 5, 2), (0, 5, 1)], False),
        ([(0, 6, 1), (0, 5, 2)], False),
        ([(1, 0, 1), (0, 5, 2)], False),
        ([(0, 5, 1), (0, 5, 1)], False),
    ],
)
@pytest.mark.parametrize("at_once", [1, 2, 20_000])
def test_rows_are_sorted_by_three_keys_or_not(monkeypatch, rows, expected, at_once):
    monkeypatch.setattr(tables, "ROWS_AT_ONCE", at_once)
    schema = {"item": pl.UInt32, "origin": pl.Int64, "step": pl.Int32}
    frame = pl.DataFrame(rows, schema=schema, orient="row")

    assert are_sorted(frame.get_columns()) == expected


def test_portions_are_cut_between_items_and_lose_no_row(monkeypatch):
    monkeypatch.setattr(tables, "ROWS_AT_ONCE", 4)
    rows = pl.DataFrame({"item": [0] * 3 + [1] * 9 + [4] + [5] * 2 + [7] * 6}).with_row_index()

    parts = portions(rows)

    assert pl.concat(parts).equals(rows)
    assert [part["item"].unique().to_list() for part in parts] == [[0], [1], [4, 5], [7]]


def test_rows_whose_items_do_not_stand_together_are_not_cut(monkeypatch):
    monkeypatch.setattr(tables, "ROWS_AT_ONCE", 1)
    rows = pl.DataFrame({"item": [0, 1, 0]})

    [part] = portions(rows)

    assert part.equals(rows)


def test_a_table_without_rows_has_one_part():
    table = pl.DataFrame(schema={"model": pl.String, "item": pl.UInt32})

    [part] = by_model(table)

    assert part.equals(table)


@pytest.mark.parametrize(
    ("level", "name"),
    [(0.1, "q0.1"), (0.5, "q0.5"), (0.975, "q0.975"), (5e-05, "q0.00005"), (1e-7, "q0.0000001")],
)
def test_a_quantile_is_named_by_its_level_in_plain_digits(level, name):
    assert quantile_column(level) == name


@pytest.mark.parametrize("level", [0.1 + 0.2, 1 / 3, 1 - 1e-9, 2.5e-6, 5e-324])
def test_the_name_of_a_quantile_holds_its_level_exactly(level):
    assert float(quantile_column(level).removeprefix("q")) == level
