"""Rows below the header that go on with it."""

import pytest

from forecast_rnn.data.hints import Hints
from forecast_rnn.errors import DataError
from tests.data.conftest import Read

ROWS = [f"2024-03-{day:02},{day},{2 * day}" for day in range(1, 29)]


@pytest.mark.parametrize(
    "further",
    [
        ["Ticker,ABC,ABC", "Date,,"],
        [",kWh,degrees"],
        ["YYYY-MM-DD,litres,hours"],
        ["Day,sold today,"],
    ],
)
def test_tickers_and_units_are_left_out_and_this_is_said(read: Read, further: list[str]) -> None:
    panel, findings = read("\n".join(["when,a,b", *further, *ROWS]) + "\n", Hints(target=("a",)))

    assert panel.values.tolist() == list(range(1, 29))
    assert "further headers" in findings.warnings[0]


def test_faults_are_told_with_the_line_of_the_file(read: Read) -> None:
    text = "\n".join(["when,a,b", ",kWh,degrees", *ROWS, "2024-03-29,x,1"]) + "\n"

    with pytest.raises(DataError, match="line 31, column a: 'x' is not a number"):
        read(text, Hints(target=("a",)))


@pytest.mark.parametrize("first", ["2024-02-29,NA,NA", "2024-02-29,,", "2024-02-29,0,0"])
def test_a_row_with_a_time_is_none(read: Read, first: str) -> None:
    panel, _ = read("\n".join(["when,a,b", first, *ROWS]) + "\n", Hints(target=("a",)))

    assert len(panel.values) == 29
