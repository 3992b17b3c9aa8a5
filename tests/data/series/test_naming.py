"""Names of series."""

import polars as pl
import pytest

from forecast_rnn.data.series.naming import item_names


def test_ids_are_joined_by_a_slash() -> None:
    assert item_names(pl.DataFrame({"a": ["x", "y"], "b": [1, 2]})) == ["x/1", "y/2"]


def test_a_slash_in_an_id_stays_as_it_is_where_no_two_names_clash() -> None:
    assert item_names(pl.DataFrame({"a": ["x/y", "v"], "b": ["z", "w"]})) == ["x/y/z", "v/w"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["x/y", "x"], ["z", "y/z"]),
        (["x/y", "x", "x\\"], ["z", "y/z", "y/z"]),
        (["/", "", "//"], ["/", "//", ""]),
    ],
)
def test_no_two_series_have_the_same_name(first: list[str], second: list[str]) -> None:
    names = item_names(pl.DataFrame({"a": first, "b": second}))

    assert len(set(names)) == len(names)


def test_names_that_would_clash_have_their_own_slashes_marked() -> None:
    items = pl.DataFrame({"a": ["x/y", "x"], "b": ["z", "y/z"]})

    assert item_names(items) == ["x\\/y/z", "x/y\\/z"]
