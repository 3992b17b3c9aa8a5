"""Rows at the end that sum up the others."""

import pytest

from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.read import Findings
from forecast_rnn.errors import DataError
from tests.data.conftest import Read

ROWS = [f"2024-03-{day:02},{day},shop" for day in range(1, 29)]


def read_with(read: Read, *last: str) -> tuple[Panel, Findings]:
    return read("\n".join(["ds,y,note", *ROWS, *last]) + "\n")


@pytest.mark.parametrize(
    "last",
    [("Total,406,",), ("Grand Total,406,",), (",406,Total",), (",406,",), (",,", "Sum,406,")],
)
def test_a_total_at_the_end_is_left_out_and_this_is_said(read: Read, last: tuple[str, ...]) -> None:
    panel, findings = read_with(read, *last)

    assert panel.values.tolist() == list(range(1, 29))
    assert "sums up the others" in "".join(findings.warnings)


@pytest.mark.parametrize("last", [(",29,",), (",406,", "2024-03-30,30,")])
def test_a_row_without_a_time_that_is_no_total_is_refused(
    read: Read, last: tuple[str, ...]
) -> None:
    with pytest.raises(DataError, match="line 30, column ds: the time is missing"):
        read_with(read, *last)


def test_a_series_that_is_called_like_a_total_stays(read: Read) -> None:
    rows = [f"{item},2024-03-{day:02},{day}" for day in range(1, 29) for item in ("x", "Total")]

    panel, _ = read("\n".join(["id,ds,y", *rows]) + "\n")

    assert panel.names() == ["Total", "x"]
