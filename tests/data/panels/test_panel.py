"""All series in one flat table."""

import numpy as np
import polars as pl

from forecast_rnn.data.panels.panel import panel_from_table, panel_tables
from tests.data.conftest import Read, lines


def test_rows_know_their_item(read: Read) -> None:
    panel, _ = read(lines(3, items=("a",)) + lines(2, items=("b",)))

    assert panel.item_of(np.arange(5)).tolist() == [0, 0, 0, 1, 1]


def test_times_go_on_beyond_the_last_row(read: Read) -> None:
    panel, _ = read(lines(3, items=("a", "b")))

    times = panel.timestamps(pl.Series([0, 1]), pl.Series([0, 4]))

    assert [str(time) for time in times] == ["2024-01-01", "2024-01-05"]
    assert times.name == "ds"


def test_truncation_takes_rows_from_the_end_of_each_item(read: Read) -> None:
    panel, _ = read(lines(4, items=("a",)) + lines(2, items=("b",)))

    short = panel.truncated(3)

    assert short.lengths().tolist() == [1, 0]
    assert short.values.tolist() == [0.5]
    assert short.items.equals(panel.items)


def test_a_single_series_is_named_after_its_target(read: Read) -> None:
    panel, _ = read("ds,sold\n2024-01-01,1\n2024-01-02,2\n")

    assert panel.names() == ["sold"]
    assert panel.schema.item_id == ()


def test_a_panel_comes_back_from_its_table(read: Read) -> None:
    rows = lines(6, items=("b", "a"))
    panel = read([*rows[:2], *rows[3:]])[0].truncated(0)
    emptied = panel.truncated(6)

    for wanted in (panel, emptied):
        again = panel_from_table(
            pl.concat(panel_tables(wanted, 1)), wanted.schema, wanted.frequency
        )

        assert np.array_equal(again.values, wanted.values, equal_nan=True)
        assert again.indptr.tolist() == wanted.indptr.tolist()
        assert again.order.tolist() == wanted.order.tolist()
        assert again.items.equals(wanted.items)
        assert again.starts.equals(wanted.starts)


def test_the_values_may_be_written_to(read: Read) -> None:
    panel, _ = read(lines(4))

    assert panel.values.flags.writeable
