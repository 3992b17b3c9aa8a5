"""Many faults become one error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast_rnn.data.faults import LISTED, Faults, faults_error
from forecast_rnn.errors import DataError, Fault


def fault(line: int, column: str | None = "y", remedy: str = "correct it") -> Fault:
    return Fault(f"line {line}", column, "?", f"'?' number {line} is odd", remedy)


def test_one_fault_is_one_sentence() -> None:
    error = faults_error("data.csv", [fault(7)])

    assert str(error) == "data.csv line 7, column y: '?' number 7 is odd; correct it."


def test_a_way_out_is_told_once() -> None:
    error = faults_error("data.csv", [fault(7), fault(8), fault(9, remedy="leave it")])

    assert str(error).splitlines() == [
        "data.csv has 3 faults:",
        "  line 7, column y: '?' number 7 is odd; correct it",
        "  line 8, column y: '?' number 8 is odd",
        "  line 9, column y: '?' number 9 is odd; leave it",
    ]


def test_a_column_full_of_faults_hides_no_other() -> None:
    faults = [fault(line) for line in range(2, 2 + LISTED)]

    error = faults_error("data.csv", [*faults, fault(900, "ds")], {"y": 1234, "ds": 1})

    text = str(error).splitlines()
    assert text[0] == "data.csv has 1,235 faults (1,234 in column 'y', 1 in column 'ds'):"
    assert text[LISTED].startswith("  line 900, column ds")
    assert text[LISTED + 1] == "  and 1,225 more"
    assert len(error.faults) == LISTED


@given(st.lists(st.tuples(st.integers(1, 99), st.sampled_from("abc")), min_size=2, unique=True))
def test_faults_are_listed_by_line_and_counted_in_full(places: list[tuple[int, str]]) -> None:
    error = faults_error("data.csv", [fault(line, column) for line, column in places])

    lines = [int(fault.place.split()[1]) for fault in error.faults]
    assert lines == sorted(lines)
    assert len(lines) == min(LISTED, len(places))
    assert sum(error.counts.values()) == len(places)
    assert {fault.column for fault in error.faults} == {column for _, column in places}


def test_gathering_goes_on_after_an_error_that_lists_faults() -> None:
    faults = Faults("data.csv")
    for column in ("ds", "y"):
        with faults.caught():
            raise faults_error("data.csv", [fault(3, column), fault(5, column)])

    with pytest.raises(DataError, match=r"data\.csv has 4 faults"):
        faults.refuse()


def test_gathering_stops_at_an_error_without_a_place() -> None:
    faults = Faults("data.csv")
    with pytest.raises(DataError, match="is empty"), faults.caught():
        raise DataError("data.csv is empty.")

    assert faults.refuse() is None
