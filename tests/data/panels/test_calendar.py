"""What the calendar knows of rows: the hour, the weekday, the month, and holidays."""

import calendar
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast_rnn.data.panels.calendar import SIZES, Almanac, almanac, cyclic_features
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.schema import Schema
from forecast_rnn.data.time.frequency import Frequency, Grid
from forecast_rnn.errors import ConfigError

Day = date | datetime


def panel_at(
    starts: Iterable[Day | int] | pl.Series,
    every: str,
    lengths: Iterable[int],
    grid: Grid = "offset",
) -> Panel:
    """Make a panel of series with some starts and lengths."""
    times = pl.Series("ds", starts)
    indptr = np.cumsum([0, *lengths])
    return Panel(
        schema=Schema(timestamp="ds", target="y", item_id=("name",), time_type="datetime"),
        frequency=Frequency(every, grid),
        items=pl.DataFrame({"name": [str(number) for number in range(len(times))]}),
        starts=times,
        order=np.arange(len(times)),
        values=np.zeros(indptr[-1]),
        indptr=indptr,
    )


def rows_of(found: Almanac, field: str, item: int, length: int) -> list[int]:
    """Return the codes of a field from an item's first position on."""
    begin = int(found.offset[item])
    return found.codes[begin : begin + length, found.fields.index(field)].tolist()  # type: ignore[no-any-return]


def as_day(when: Day) -> date:
    return when.date() if isinstance(when, datetime) else when


def clock(when: Day) -> time:
    return when.time() if isinstance(when, datetime) else time()


def month_days(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def weekend_days(day: date) -> int:
    days = [day.replace(day=number + 1) for number in range(month_days(day))]
    return sum(each.weekday() >= 5 for each in days)


BY_DATETIME: dict[str, Callable[[Day], int]] = {
    "hour": lambda when: clock(when).hour,
    "halfhour": lambda when: clock(when).hour * 2 + clock(when).minute // 30,
    "weekday": lambda when: as_day(when).weekday(),
    "day of month": lambda when: as_day(when).day - 1,
    "days to month end": lambda when: month_days(as_day(when)) - as_day(when).day,
    "day of year": lambda when: as_day(when).replace(year=2024).timetuple().tm_yday - 1,
    "month": lambda when: as_day(when).month - 1,
    "days in month": lambda when: month_days(as_day(when)) - 28,
    "weekend days": lambda when: weekend_days(as_day(when)) - 8,
    "quarter": lambda when: (as_day(when).month - 1) // 3,
}
BERLIN = ZoneInfo("Europe/Berlin")
DAILY = ("weekday", "day of month", "days to month end", "day of year")
HOURLY = ("hour", "weekday", "day of year")
MONTHLY = ("month", "days in month", "weekend days")


@pytest.mark.parametrize(
    ("every", "grid", "start", "fields"),
    [
        ("1h", "offset", datetime(2024, 3, 30, 20, tzinfo=BERLIN), HOURLY),
        ("1h", "offset", datetime(2024, 10, 26, 20, tzinfo=BERLIN), HOURLY),
        ("1h", "offset", datetime(2023, 12, 31, 5), HOURLY),
        ("6h", "offset", datetime(2023, 12, 31, 5), HOURLY),
        ("15m", "offset", datetime(2024, 2, 28, 5), ("halfhour", *HOURLY[1:])),
        ("90m", "offset", datetime(2024, 2, 28), ("halfhour", *HOURLY[1:])),
        ("1d", "offset", date(2023, 2, 1), DAILY),
        ("1d", "offset", datetime(2024, 3, 30, tzinfo=BERLIN), DAILY),
        ("3d", "offset", date(1968, 1, 1), DAILY),
        ("1b", "business_day", date(2024, 2, 1), DAILY),
        ("5b", "business_day", date(2024, 2, 1), DAILY[1:]),
        ("1w", "offset", date(1967, 12, 31), ("day of year",)),
        ("1mo", "month_end", date(2023, 1, 31), MONTHLY),
        ("1mo", "offset", date(2024, 1, 30), MONTHLY),
        ("1q", "offset", date(2023, 2, 1), ("quarter",)),
        ("1q", "month_end", date(2023, 3, 31), ("quarter",)),
        ("6mo", "offset", date(2023, 2, 1), ("quarter",)),
    ],
)
def test_codes_agree_with_the_datetime_module(
    every: str, grid: Grid, start: Day, fields: tuple[str, ...]
) -> None:
    panel = panel_at([start], every, [800], grid)

    found = almanac(panel, 700)
    times = panel.timestamps(pl.Series([0] * 1500), pl.Series(range(1500))).to_list()

    assert found.fields == fields
    assert found.sizes == tuple(SIZES[field] for field in fields)
    assert found.codes.dtype == np.int16
    assert found.codes.shape == (1500, len(fields))
    for field in fields:
        assert rows_of(found, field, 0, 1500) == [BY_DATETIME[field](time) for time in times]


def test_the_local_clock_counts_over_a_shift_of_it() -> None:
    spring = pl.Series([datetime(2024, 3, 31, 0)]).dt.replace_time_zone("Europe/Berlin")
    autumn = pl.Series([datetime(2024, 10, 27, 0)]).dt.replace_time_zone("Europe/Berlin")

    skipped = almanac(panel_at(spring, "1h", [3]), 3)
    twice = almanac(panel_at(autumn, "1h", [3]), 3)

    assert rows_of(skipped, "hour", 0, 6) == [0, 1, 3, 4, 5, 6]
    assert rows_of(twice, "hour", 0, 6) == [0, 1, 2, 2, 3, 4]


def test_the_local_clock_counts_at_a_fixed_offset() -> None:
    starts = pl.Series([datetime(2023, 12, 31, 18, 30)]).dt.replace_time_zone("UTC")
    panel = panel_at(starts, "1d", [2])

    local = replace(panel, schema=replace(panel.schema, utc_offset="+05:30"))

    assert rows_of(almanac(panel, 1), "day of year", 0, 3) == [365, 0, 1]
    assert rows_of(almanac(local, 1), "day of year", 0, 3) == [0, 1, 2]
    named = almanac(local, 1, countries=["DE"])
    assert rows_of(named, "holiday DE", 0, 3) == [2, 0, 0]


def test_the_first_of_march_has_one_code_in_all_years() -> None:
    found = almanac(panel_at([date(2023, 2, 28), date(2024, 2, 28)], "1d", [3, 3]), 1)

    assert rows_of(found, "day of year", 0, 2) == [58, 60]
    assert rows_of(found, "day of year", 1, 3) == [58, 59, 60]


@pytest.mark.parametrize("every", ["1y", "12mo", "2y"])
def test_years_have_no_field(every: str) -> None:
    found = almanac(panel_at([date(2000, 1, 1)] * 2, every, [9, 9]), 3, countries=["DE"])

    assert (found.fields, found.sizes, found.holiday_names) == ((), (), {})
    assert found.codes.shape == (0, 0)
    assert found.offset.tolist() == [0, 0]


@pytest.mark.parametrize("every", ["1i", "1h", "1d", "1mo"])
def test_whole_numbers_have_no_field(every: str) -> None:
    found = almanac(panel_at([1, 5], every, [9, 9], "integer"), 3, countries=["DE"])

    assert found.fields == ()
    assert found.codes.shape == (0, 0)


def test_months_have_no_holidays() -> None:
    found = almanac(panel_at([date(2024, 1, 1)], "1mo", [9]), 3, countries=["DE"])

    assert found.fields == MONTHLY
    assert found.holiday_names == {}


def test_items_on_one_grid_share_rows() -> None:
    starts = [date(2020, 1, 1) + timedelta(item % 500) for item in range(2000)]

    found = almanac(panel_at(starts, "1d", [1000] * 2000), 28)

    assert len(found.codes) == 500 + 1000 + 28 - 1
    assert found.offset.tolist() == [item % 500 for item in range(2000)]


def test_items_far_apart_have_no_rows_between() -> None:
    starts = [datetime(2020, 1, 1), datetime(1950, 1, 1), datetime(2020, 1, 1, 0, 20)]

    found = almanac(panel_at(starts, "1h", [10, 20, 30]), 5)

    assert len(found.codes) == 15 + 25 + 35


def test_a_month_end_shares_no_rows_with_the_day_of_a_month() -> None:
    starts = [date(2024, 2, 29), date(2024, 1, 31), date(2024, 1, 29)]

    ends = almanac(panel_at(starts[:2], "1mo", [12, 12], "month_end"), 2)
    days = almanac(panel_at(starts, "1mo", [12, 12, 12]), 2)

    assert (len(ends.codes), ends.offset.tolist()) == (15, [1, 0])
    assert len(days.codes) == 15 + 14
    assert days.offset[0] == days.offset[2] + 1


GRIDS: list[tuple[str, Grid]] = [
    ("1h", "offset"), ("7h", "offset"), ("30m", "offset"), ("1d", "offset"), ("2d", "offset"),
    ("1w", "offset"), ("1b", "business_day"), ("3b", "business_day"), ("1mo", "offset"),
    ("1mo", "month_end"), ("2mo", "offset"), ("1q", "offset"), ("1q", "month_end"),
]  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(GRIDS),
    st.sampled_from([None, "Europe/Berlin", "America/Sao_Paulo"]),
    st.lists(
        st.tuples(
            st.datetimes(datetime(2015, 1, 1), datetime(2018, 12, 31)).map(
                lambda time: time.replace(minute=0, second=0, microsecond=0)
            ),
            st.integers(1, 40),
        ),
        min_size=1,
        max_size=12,
    ),
)
def test_each_item_has_the_codes_that_it_has_alone(
    kind: tuple[str, Grid], zone: str | None, items: list[tuple[datetime, int]]
) -> None:
    every, grid = kind
    starts = pl.Series([start for start, _ in items])
    if zone is not None:
        starts = starts.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    panel = panel_at(starts, every, [length for _, length in items], grid)

    together = almanac(panel, 5)

    for item, (_, length) in enumerate(items):
        alone = almanac(panel_at(starts.gather([item]), every, [length], grid), 5)
        begin = together.offset[item]
        assert np.array_equal(together.codes[begin : begin + length + 5], alone.codes)
    assert len(together.codes) <= sum(length + 5 for _, length in items)


def test_holidays_have_a_code_each_and_their_neighbours_too() -> None:
    panel = panel_at([date(2024, 9, 30)], "1d", [100])

    found = almanac(panel, 5, countries=["DE", "DE-BY"])

    unity = 2 + found.holiday_names["DE"].index("German Unity Day")
    assert found.holiday_names["DE"] == (
        "Christmas Day", "German Unity Day", "New Year's Day", "Second Day of Christmas",
    )  # fmt: skip
    assert set(found.holiday_names["DE-BY"]) - set(found.holiday_names["DE"]) == {
        "All Saints' Day",
        "Epiphany",
    }
    assert found.fields[4:] == tuple(
        f"holiday {place}{when}" for place in ("DE", "DE-BY") for when in ("", " before", " after")
    )
    assert found.sizes[4:] == (6, 6, 6, 8, 8, 8)
    assert rows_of(found, "holiday DE", 0, 6) == [0, 0, 0, unity, 0, 0]
    assert rows_of(found, "holiday DE before", 0, 6) == [0, 0, unity, 0, 0, 0]
    assert rows_of(found, "holiday DE after", 0, 6) == [0, 0, 0, 0, unity, 0]


def test_every_hour_of_a_holiday_has_its_code() -> None:
    start = pl.Series([datetime(2024, 10, 2, 22)]).dt.replace_time_zone("Europe/Berlin")

    found = almanac(panel_at(start, "1h", [28]), 2, countries=["DE"])

    assert rows_of(found, "holiday DE", 0, 30) == [0] * 2 + [2] * 24 + [0] * 4
    assert rows_of(found, "holiday DE before", 0, 30) == [2] * 2 + [0] * 28


def test_on_business_days_the_neighbour_of_a_monday_is_a_friday() -> None:
    panel = panel_at([date(2024, 3, 27)], "1b", [5], "business_day")

    found = almanac(panel, 1, countries=["DE"])

    monday, friday = (
        2 + found.holiday_names["DE"].index(name) for name in ("Easter Monday", "Good Friday")
    )
    # From Wednesday, 27 March, to Wednesday, 3 April.
    assert rows_of(found, "holiday DE", 0, 6) == [0, 0, friday, monday, 0, 0]
    assert rows_of(found, "holiday DE before", 0, 6) == [0, friday, monday, 0, 0, 0]
    assert rows_of(found, "holiday DE after", 0, 6) == [0, 0, 0, friday, monday, 0]


def test_weeks_have_the_first_holiday_on_either_side_of_their_stamp() -> None:
    panel = panel_at([date(2024, 12, 15)], "1w", [4])

    found = almanac(panel, 2, countries=["DE"])

    code = {name: 2 + place for place, name in enumerate(found.holiday_names["DE"])}
    christmas, year = code["Christmas Day"], code["New Year's Day"]
    assert found.fields == ("day of year", "holiday DE from", "holiday DE until")
    # The weeks from 15, 22 and 29 December and from 5 January.
    assert rows_of(found, "holiday DE from", 0, 4) == [0, christmas, year, 0]
    assert rows_of(found, "holiday DE until", 0, 4) == [0, 0, christmas, year]


@pytest.mark.parametrize("weekday", range(7))
def test_the_day_of_a_weekly_stamp_is_on_both_of_its_sides(weekday: int) -> None:
    start = date(2018, 1, 1) + timedelta(weekday)
    panel = panel_at([start], "1w", [300])
    names = ("Labor Day", "New Year's Day", "German Unity Day")

    found = almanac(panel, 1, countries=["DE"], holiday_names={"DE": names})
    days = almanac(
        panel_at([start - timedelta(7)], "1d", [2200]),
        1,
        countries=["DE"],
        holiday_names={"DE": names},
    )

    daily = rows_of(days, "holiday DE", 0, 2200)
    weeks = [daily[7 * week : 7 * week + 14] for week in range(301)]
    first = [next((code for code in week[7:14] if code), 0) for week in weeks]
    until = [next((code for code in week[1:8] if code), 0) for week in weeks]
    assert rows_of(found, "holiday DE from", 0, 301) == first
    assert rows_of(found, "holiday DE until", 0, 301) == until


def test_names_of_the_horizon_are_not_learnt() -> None:
    panel = panel_at([date(2024, 9, 1)], "1d", [40])

    found = almanac(panel, 120, countries=["DE"])

    assert found.holiday_names == {"DE": ("German Unity Day",)}
    christmas = (date(2024, 12, 25) - date(2024, 9, 1)).days
    assert rows_of(found, "holiday DE", 0, 160)[christmas] == 1


def test_codes_are_those_of_the_names_learnt_before() -> None:
    learnt = almanac(panel_at([date(2023, 1, 1)], "1d", [300]), 1, countries=["DE"])
    newer = panel_at([date(2024, 10, 1)], "1d", [100])

    found = almanac(newer, 5, countries=["DE"], holiday_names=learnt.holiday_names)

    assert found.holiday_names == learnt.holiday_names
    assert found.sizes == learnt.sizes
    codes = rows_of(found, "holiday DE", 0, 100)
    unity = 2 + learnt.holiday_names["DE"].index("German Unity Day")
    assert (codes[2], codes[85], codes[86]) == (unity, 1, 1)
    assert rows_of(learnt, "holiday DE", 0, 300)[275] == unity


def test_no_names_learnt_stay_no_names() -> None:
    panel = panel_at([date(2024, 12, 1)], "1d", [31])

    found = almanac(panel, 1, countries=["DE"], holiday_names={"DE": ()})

    assert found.holiday_names == {"DE": ()}
    assert found.sizes[-1] == 2
    assert max(rows_of(found, "holiday DE", 0, 31)) == 1


@pytest.mark.parametrize("every", ["1d", "1mo", "1y"])
def test_an_unknown_country_is_refused(every: str) -> None:
    panel = panel_at([date(2024, 1, 1)], every, [10])

    with pytest.raises(ConfigError, match=r"'Germany' are not known\. Did you mean DE"):
        almanac(panel, 1, countries=["Germany"])


def test_features_of_cyclic_fields_go_around() -> None:
    for field in ("hour", "halfhour", "day of year"):
        size = SIZES[field]
        table = cyclic_features(field, size)

        assert table is not None
        assert table.shape == (size, 6)
        steps = np.linalg.norm(table - np.roll(table, 1, axis=0), axis=1)
        assert np.allclose(steps, steps[0], atol=1e-5)


def test_features_tell_all_codes_apart() -> None:
    for field, size in SIZES.items():
        table = cyclic_features(field, size)

        assert table is not None
        assert table.dtype == np.float32
        assert len(np.unique(table, axis=0)) == size
        assert np.abs(table).max() <= 1


def test_the_ends_of_a_month_have_a_feature_of_their_own() -> None:
    first, last = (cyclic_features(name, 31) for name in ("day of month", "days to month end"))

    assert first is not None
    assert last is not None
    assert first[:, -1].tolist() == last[:, -1].tolist() == [1] + [0] * 30


def test_holidays_have_no_features() -> None:
    assert cyclic_features("holiday DE", 9) is None
    assert cyclic_features("holiday DE-BY until", 9) is None
