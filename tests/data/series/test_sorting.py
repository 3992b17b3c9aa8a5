"""Rows in order of item and time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast_rnn.data.series.sorting import sorted_rows

DAY = 86_400_000_000
STAMP = st.one_of(
    st.integers(0, 20).map(lambda day: day * DAY),
    st.integers(-5, 5),
    st.integers(-(2**61), 2**61),
    st.sampled_from([-(2**63), -(2**62), 2**62, 2**63 - 1]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), STAMP), min_size=1, max_size=40))
def test_rows_come_as_a_stable_sort_brings_them(rows: list[tuple[int, int]]) -> None:
    names = sorted({item for item, _ in rows})
    code = np.array([names.index(item) for item, _ in rows], np.int32)
    stamps = np.array([stamp for _, stamp in rows], np.int64)

    row = sorted_rows(code, stamps)

    wanted = sorted(range(len(rows)), key=lambda at: rows[at])
    assert (list(range(len(rows))) if row is None else row.tolist()) == wanted


def test_rows_in_order_are_left_alone() -> None:
    assert sorted_rows(np.array([0, 0, 1, 1], np.int32), np.array([1, 2, 1, 1])) is None


@pytest.mark.parametrize("far", [10, 10**6, 2**61])
def test_gaps_of_any_size_are_sorted(far: int) -> None:
    code, stamps = np.array([1, 0, 1, 0], np.int32), np.array([far, 5, -far, 3])

    row = sorted_rows(code, stamps)

    assert row is not None
    assert row.tolist() == [3, 1, 2, 0]
