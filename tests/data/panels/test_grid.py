"""Series on their grid."""

from datetime import date, timedelta

import numpy as np
import pytest

from forecast_rnn.data.hints import Hints
from forecast_rnn.errors import DataError
from tests.data.conftest import Read, lines


def test_a_gap_is_missing_and_said_with_its_place(read: Read) -> None:
    rows = lines(10, items=("a", "b"))

    panel, findings = read([*rows[:3], *rows[5:]])

    assert panel.lengths().tolist() == [10, 10]
    assert np.isnan(panel.values[3:5]).all()
    assert np.isfinite(np.delete(panel.values, [3, 4])).all()
    assert findings.warnings == (
        "2 rows of 20 missing in 1 of 2 series (longest gap: 2 steps, series 'a', after "
        "2024-01-03), kept as missing.",
    )


def test_a_grid_that_is_mostly_a_gap_is_refused_unless_the_frequency_is_given(read: Read) -> None:
    rows = lines(10) + lines(10, start=date(2024, 3, 1))

    with pytest.raises(DataError, match=r"50 rows of 70 missing.*longest gap: 50 steps.*--freq"):
        read(rows)
    assert len(read(rows, Hints(frequency="d"))[0].values) == 70


def test_nights_without_rows_are_gaps_that_are_kept(read: Read) -> None:
    rows = [
        f"a,2024-01-{day:02} {hour:02}:00,{hour}" for day in range(1, 15) for hour in range(9, 17)
    ]

    panel, findings = read(rows)

    assert panel.frequency.every == "1h"
    assert "missing" in findings.warnings[0]


def test_a_stamp_far_in_the_future_is_refused(read: Read) -> None:
    with pytest.raises(DataError, match=r"jumps from 2024-01-20 to 9999-12-31.*limit 10 times"):
        read([*lines(20), "a,9999-12-31,1"])


def test_one_far_stamp_among_many_series_is_refused(read: Read) -> None:
    many = lines(30, items=tuple(f"s{number}" for number in range(100)))

    with pytest.raises(DataError, match="series 'x' jumps from 2024-01-20"):
        read([*many, *lines(20, items=("x",)), "x,2030-01-01,1"])


def test_a_missing_hour_on_a_spring_night_is_explained(read: Read) -> None:
    rows = [f"a,2024-03-{day} {hour:02}:00,1{hour}" for day in (30, 31) for hour in range(24)]
    rows.remove("a,2024-03-31 02:00,12")

    panel, findings = read(rows)

    assert np.isnan(panel.values).sum() == 1
    assert "shift to summer time" in findings.warnings[0]


def test_several_targets_make_a_series_each(read: Read) -> None:
    days = [date(2024, 1, 1) + timedelta(day) for day in range(6)]
    text = "shop,ds,sold,lost\n" + "".join(
        f"{shop},{day},{shop}{place},9{place}\n"
        for shop, size in (("2", 6), ("1", 4))
        for place, day in enumerate(days[:size])
    )
    hints = Hints(item_id=("shop",), target=("sold", "lost"))

    panel, _ = read(text, hints)

    assert panel.names() == ["1/lost", "1/sold", "2/lost", "2/sold"]
    assert panel.schema.item_id == ("shop", "target")
    assert panel.order.tolist() == [3, 2, 1, 0]
    assert panel.lengths().tolist() == [4, 4, 6, 6]
    assert panel.values[4:8].tolist() == [10, 11, 12, 13]
    assert panel.values[8:14].tolist() == [90, 91, 92, 93, 94, 95]
    assert panel.schema.hints() == Hints(time="ds", target=("sold", "lost"), item_id=("shop",))


def test_several_targets_of_a_single_series_are_named_by_their_columns(read: Read) -> None:
    text = "ds,b,a\n2024-01-01,1,4\n2024-01-02,2,5\n2024-01-03,3,6\n"

    panel, _ = read(text, Hints(target=("b", "a")))

    assert panel.names() == ["a", "b"]
    assert panel.order.tolist() == [1, 0]
    assert panel.values.tolist() == [4, 5, 6, 1, 2, 3]


def test_periods_of_four_four_and_five_weeks_are_refused_with_both_spacings(read: Read) -> None:
    weeks = np.cumsum([0, *([4, 4, 5] * 12)])
    rows = [f"a,{date(2021, 1, 30) + timedelta(weeks=int(week))},{week}" for week in weeks]

    with pytest.raises(DataError, match=r"are 4 or 5 steps apart in turn.*pass --season"):
        read(rows)
