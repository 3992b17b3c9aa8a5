"""Items as numbers."""

import itertools

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast_rnn.data.series.numbering import number_items

TEXT = st.sampled_from(["a", "b", "10", "é", " a"])
SMALL = st.integers(-3, 3)
LARGE = st.sampled_from([-(2**63), -1, 0, 2**40, 2**63 - 1])
KINDS = {"text": TEXT, "small": SMALL, "large": LARGE, "flag": st.booleans()}
DTYPES = {"text": pl.String, "small": pl.Int8, "large": pl.Int64, "flag": pl.Boolean}


@pytest.mark.parametrize("kinds", [["text"], ["small"], ["large"], ["flag"], ["text", "small"]])
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_rows_have_the_same_number_if_they_have_the_same_id(
    kinds: list[str], data: st.DataObject
) -> None:
    row = st.tuples(*(KINDS[kind] for kind in kinds))
    rows = data.draw(st.lists(row, min_size=1, max_size=30))
    columns = {
        f"{kind}{place}": pl.Series([row[place] for row in rows], dtype=DTYPES[kind])
        for place, kind in enumerate(kinds)
    }

    found = number_items(pl.DataFrame(columns))

    distinct = list(dict.fromkeys(rows))
    assert found.item.tolist() == [distinct.index(row) for row in rows]
    assert [rows[at] for at in found.seen] == distinct
    changes = sum(one != two for one, two in itertools.pairwise(rows))
    assert found.in_blocks == (changes + 1 == len(distinct))


def test_bytes_from_one_end_to_the_other_are_told_apart() -> None:
    ids = pl.DataFrame({"id": pl.Series([-128, 127, -128, 0], dtype=pl.Int8)})

    assert number_items(ids).item.tolist() == [0, 1, 0, 2]


def test_a_missing_part_of_an_id_is_like_another_missing_one() -> None:
    ids = pl.DataFrame({"a": ["x", "x", "y", "x"], "b": [None, None, 1, None]})

    assert number_items(ids).item.tolist() == [0, 0, 1, 0]
