"""Times that the clock of a zone shows twice."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from forecast_rnn.data.hints import Hints
from forecast_rnn.errors import DataError
from tests.data.conftest import Read

ZURICH = ZoneInfo("Europe/Zurich")
START = datetime(2023, 10, 28, 20, tzinfo=UTC)
SHOWN = [(START + timedelta(minutes=30 * k)).astimezone(ZURICH) for k in range(80)]


def rows(item: str = "a") -> list[str]:
    return [f"{item},{time:%Y-%m-%d %H:%M},{place}" for place, time in enumerate(SHOWN)]


@pytest.mark.parametrize("items", ["a", "ab"])
def test_the_order_of_rows_tells_two_equal_times_apart(read: Read, items: str) -> None:
    interleaved = [row for pair in zip(*map(rows, items), strict=True) for row in pair]

    panel, findings = read(interleaved, Hints(time_zone="Europe/Zurich"))

    assert panel.frequency.every == "30m"
    assert panel.values.tolist() == [float(k) for _ in items for k in range(80)]
    assert panel.starts[0] == START
    assert "shows twice" in findings.warnings[0]


def test_a_time_that_comes_once_but_may_be_two_is_refused(read: Read) -> None:
    one_less = [row for row in rows() if not row.endswith(",11")]

    with pytest.raises(DataError, match="occurs twice in Europe/Zurich"):
        read(one_less, Hints(time_zone="Europe/Zurich"))


def test_the_advice_about_two_rows_at_one_time_names_the_zone(read: Read) -> None:
    with pytest.raises(DataError, match="if the clock was put back, pass --timezone"):
        read(rows())
