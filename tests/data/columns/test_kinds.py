"""What columns hold."""

import polars as pl
import pytest

from forecast_rnn.data.columns import kinds as module
from forecast_rnn.data.columns.kinds import kind_of, kinds_of

CELLS = {
    "number": ["1,5", "2", "", "-3e4"],
    "time": ["2024-01-01", "", "2024-01-02"],
    "text": ["north", "007", "n/a"],
    "empty": ["", "NA", None],
}


@pytest.mark.parametrize("kind", CELLS)
def test_text_is_what_its_cells_look_like(kind):
    assert kind_of(pl.Series(CELLS[kind], dtype=pl.String)) == kind


@pytest.mark.parametrize(
    ("dtype", "kind"),
    [
        (pl.Int8, "number"),
        (pl.Float64, "number"),
        (pl.Date, "time"),
        (pl.Datetime("us", "UTC"), "time"),
        (pl.Boolean, "text"),
        (pl.List(pl.Int64), "nested"),
        (pl.Binary, "nested"),
    ],
)
def test_a_type_tells_by_itself(dtype, kind):
    assert kind_of(pl.Series([None], dtype=dtype)) == kind


def test_codes_with_zeros_before_them_are_text():
    assert kind_of(pl.Series(["001", "002", "3"])) == "text"


def test_kinds_are_found_out_once_and_where_somebody_asks(monkeypatch):
    asked = []
    monkeypatch.setattr(module, "kind_of", lambda cells, _: asked.append(cells.name) or "text")
    kinds = kinds_of(pl.DataFrame({"a": [1], "b": [2], "c": [3]}))

    others = kinds.without({"b"})

    assert list(others) == ["a", "c"]
    assert len(others) == 2
    assert asked == []
    assert others["c"] == kinds["c"] == "text"
    assert asked == ["c"]
    with pytest.raises(KeyError):
        others["b"]


@pytest.mark.parametrize("form", ["%H", "%Y-%H", "%", "%Q", "", "%d"])
def test_a_format_that_reads_nothing_makes_no_column_a_time(form: str) -> None:
    assert kind_of(pl.Series(["north", "south"]), form) == "text"
