"""Times brought to a grid by the user's word."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from forecast_rnn.data.columns.clock import format_times
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.errors import ConfigError, DataError
from tests.data.conftest import Read

NOON = datetime(2024, 3, 1, 12)


def first_time(panel: Panel) -> object:
    return format_times(panel.starts, panel.schema)[0]


def jittered(step: timedelta, jitter: int) -> str:
    off = [timedelta(seconds=place * 7 % (jitter + 1)) for place in range(60)]
    return "ds,y\n" + "".join(f"{NOON + step * k + off[k]},{k}\n" for k in range(60))


def payments() -> str:
    """Some 3 rows a day at any time, and none on the fourth of a month."""
    times = [NOON + timedelta(minutes=462 * k + k * k % 97) for k in range(120)]
    kept = [time for time in times if time.day != 4]
    return "at,paid\n" + "".join(f"{time:%m/%d/%Y %H:%M:%S},{time.hour}\n" for time in kept)


@pytest.mark.parametrize(
    ("step", "every"), [(timedelta(minutes=10), "10m"), (timedelta(hours=1), "1h")]
)
def test_jitter_is_refused_with_the_option_that_rounds_it(
    read: Read, step: timedelta, every: str
) -> None:
    with pytest.raises(DataError, match="pass --round-times"):
        read(jittered(step, 20))

    panel, findings = read(jittered(step, 20), Hints(round_times=True))

    assert panel.frequency.every == every
    assert panel.values.tolist() == list(range(60))
    assert "are rounded to" in findings.warnings[0]
    assert read(jittered(step, 20), panel.schema.hints())[0].frequency.every == every


def test_times_are_rounded_to_the_frequency_of_the_user(read: Read) -> None:
    text = jittered(timedelta(minutes=30), 500)

    assert read(text, Hints(round_times=True, frequency="30m"))[0].frequency.every == "30m"


@pytest.mark.parametrize("rule", ["sum", "mean", "last", "max"])
def test_rows_of_a_day_are_one_row(read: Read, rule: str) -> None:
    hints = Hints(frequency="d", aggregate=rule)  # type: ignore[arg-type]

    panel, _ = read(payments(), hints)

    # Of the first day there are payments at 12 and at 19 o'clock.
    loop = {"sum": 31.0, "mean": 15.5, "last": 19.0, "max": 19.0}
    assert panel.frequency.every == "1d"
    assert first_time(panel) == "03/01/2024"
    assert panel.values[0] == loop[rule]
    assert np.flatnonzero(np.isnan(panel.values)).tolist() == [3, 34]
    assert read(payments(), panel.schema.hints())[0].values[0] == loop[rule]


@pytest.mark.parametrize(("every", "first"), [("w", "02/26/2024"), ("mo", "03/01/2024")])
def test_longer_steps_are_called_by_their_first_day(read: Read, every: str, first: str) -> None:
    panel, _ = read(payments(), Hints(frequency=every, aggregate="sum"))

    assert first_time(panel) == first
    assert not np.isnan(panel.values).any()


def test_shorter_steps_keep_their_clock(read: Read) -> None:
    panel, _ = read(payments(), Hints(frequency="6h", aggregate="sum", missing="zero"))

    assert first_time(panel) == "03/01/2024 12:00:00"


def test_irregular_rows_are_refused_with_what_brings_them_to_steps(read: Read) -> None:
    with pytest.raises(DataError, match="--freq d --aggregate sum"):
        read(payments())


@pytest.mark.parametrize(
    ("hints", "message"),
    [
        (Hints(aggregate="sum", time="at", target=("y",)), "--aggregate takes the steps"),
        (Hints(round_times=True, time="n", target=("y",)), "suits times, but n holds whole"),
    ],
)
def test_what_cannot_be_is_refused_with_the_way_out(read: Read, hints: Hints, message: str) -> None:
    text = "at,n,y\n" + "".join(f"2024-03-0{day} 11:00,{day},{day}\n" for day in range(1, 10))

    with pytest.raises(ConfigError, match=message):
        read(text, hints)
