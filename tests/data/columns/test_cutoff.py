"""Reading as if it were an earlier time."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.read import panel_from_frame
from forecast_rnn.errors import ConfigError, DataError
from tests.data.conftest import Read
from tests.shops import shop_frame

BERLIN = ZoneInfo("Europe/Berlin")
DAYS = [date(2024, 1, 1) + timedelta(day) for day in range(40)]
HOURS = [datetime(2024, 1, 1) + timedelta(hours=hour) for hour in range(40)]
ZONED = [time.replace(tzinfo=BERLIN) for time in HOURS]
KINDS = {
    "dates": ([f"{day}" for day in DAYS], "2024-01-20"),
    "days first": ([f"{day:%d.%m.%Y}" for day in DAYS], "20.01.2024"),
    "months first": ([f"{day:%m/%d/%Y}" for day in DAYS], "01/20/2024"),
    "compact months": ([f"{2020 + m // 12}{m % 12 + 1:02}" for m in range(40)], "202108"),
    "quarters": ([f"{2010 + q // 4}-Q{q % 4 + 1}" for q in range(40)], "2014-Q4"),
    "hours": ([f"{hour:%Y-%m-%d %H:%M}" for hour in HOURS], "2024-01-01 19:00"),
    "hours, Z": ([f"{hour:%Y-%m-%dT%H:%M:%SZ}" for hour in HOURS], "2024-01-01T19:00:00"),
    "hours, offset": ([f"{hour:%Y-%m-%dT%H:%M:%S+05:30}" for hour in HOURS], "2024-01-01 19:00"),
    "hours, other offset": (
        [f"{hour:%Y-%m-%dT%H:%M:%S+05:30}" for hour in HOURS],
        "2024-01-01T13:30:00+00:00",
    ),
    "whole numbers": ([str(step) for step in range(40)], "19"),
    "years": ([str(year) for year in range(1980, 2020)], "1999"),
}


def same(one: Panel, two: Panel) -> bool:
    """Tell whether panels hold the same in all respects."""
    covariates = [panel.covariates for panel in (one, two)]
    frames = [None if each is None else each.compact().frame for each in covariates]
    statics = [None if each is None else each.static for each in covariates]
    return (
        one.schema == two.schema
        and one.frequency == two.frequency
        and one.items.equals(two.items)
        and one.starts.equals(two.starts)
        and np.array_equal(one.values, two.values, equal_nan=True)
        and np.array_equal(one.indptr, two.indptr)
        and one.order.tolist() == two.order.tolist()
        and str(frames[0]) == str(frames[1])
        and str(statics[0]) == str(statics[1])
    )


def csv(times: list[str], values: list[str]) -> str:
    rows = [f"a,{time},{value}" for time, value in zip(times, values, strict=True)]
    return "\n".join(["unique_id,ds,y", *rows]) + "\n"


def noise(count: int, kind: str) -> list[str]:
    draw = random.Random(count)
    return [
        f"{draw.random():.3f}" if kind == "numbers" else f"??{draw.random()}" for _ in range(count)
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_the_panel_is_that_of_the_rows_up_to_the_cutoff(read: Read, kind: str) -> None:
    times, cutoff = KINDS[kind]
    values = [str(row % 7) for row in range(40)]
    hints = Hints(cutoff=cutoff)

    wanted, _ = read(csv(times[:20], values[:20]), Hints())

    assert same(read(csv(times, values), hints)[0], wanted)
    for other in ("numbers", "garbage"):
        assert same(read(csv(times, values[:20] + noise(20, other)), hints)[0], wanted)
    assert same(read(csv(times[:20] + times[25:26] * 3, values[:23]), hints)[0], wanted)
    assert same(read(csv(times[:20], values[:20]), hints)[0], wanted)


def test_rows_that_leave_the_grid_after_the_cutoff_are_no_fault(read: Read) -> None:
    times, _ = KINDS["dates"]
    late = ["2024-01-21", "2024-01-21", "2024-02-28", "2031-05-05"]
    values = [str(row % 7) for row in range(24)]

    panel, findings = read(csv(times[:20] + late, values), Hints(cutoff="2024-01-20"))

    assert panel.values.tolist() == [row % 7 for row in range(20)]
    assert findings.warnings == ()


def test_a_date_takes_in_its_whole_day(read: Read) -> None:
    times, _ = KINDS["hours"]
    values = [str(row % 7) for row in range(40)]

    panel, _ = read(csv(times, values), Hints(cutoff="2024-01-01"))

    assert len(panel.values) == 24


@pytest.mark.parametrize(
    ("cutoff", "rows"),
    [
        ("2024-03-31 01:00", 26),
        # The clock skips from 02:00 to 03:00: that is an hour later.
        ("2024-03-31 02:30", 27),
        ("2024-03-31 03:00", 27),
        ("2024-03-31", 48 - 1),
        ("2024-03-31T01:00:00+00:00", 27),
    ],
)
def test_a_cutoff_goes_by_the_clock_of_the_data(cutoff: str, rows: int) -> None:
    first = datetime(2024, 3, 30, tzinfo=BERLIN)
    utc = first.astimezone(ZoneInfo("UTC"))
    times = pl.Series("ds", [utc + timedelta(hours=h) for h in range(60)])
    times = times.dt.convert_time_zone("Europe/Berlin")
    frame = pl.DataFrame([times, pl.Series("y", [float(h % 5) for h in range(60)])])

    panel, _ = panel_from_frame(frame, Hints(cutoff=cutoff))

    assert len(panel.values) == rows


def test_the_hour_that_comes_twice_is_taken_in_both_times() -> None:
    utc = datetime(2024, 10, 26, 22, tzinfo=ZoneInfo("UTC"))
    times = pl.Series("ds", [utc + timedelta(hours=h) for h in range(60)])
    times = times.dt.convert_time_zone("Europe/Berlin")
    frame = pl.DataFrame([times, pl.Series("y", [float(h % 5) for h in range(60)])])

    panel, _ = panel_from_frame(frame, Hints(cutoff="2024-10-27 02:00"))

    assert len(panel.values) == 4


def test_offsets_after_the_cutoff_do_not_tell_the_zone(read: Read) -> None:
    winter = [f"2024-03-{day:02}T00:00:00+01:00" for day in range(1, 32)]
    summer = [f"2024-04-{day:02}T00:00:00+02:00" for day in range(1, 20)]
    values = [str(row % 7) for row in range(50)]
    hints = Hints(cutoff="2024-03-20")

    wanted, _ = read(csv(winter[:20], values[:20]), Hints())

    assert same(read(csv(winter + summer, values), hints)[0], wanted)


@pytest.mark.parametrize(
    ("kind", "cutoff", "example"),
    [
        ("dates", "yesterday", "'2024-02-09'"),
        ("days first", "2024-13-01", "'09.02.2024'"),
        ("dates", "17", "'2024-02-09'"),
        ("whole numbers", "2024-01-01", "'39'"),
        ("hours", "2024-01-01T12:00:00+01:00", "UTC offset"),
    ],
)
def test_a_cutoff_that_is_no_time_of_the_data_is_2_with_an_example(
    read: Read, kind: str, cutoff: str, example: str
) -> None:
    times, _ = KINDS[kind]

    with pytest.raises(ConfigError) as error:
        read(csv(times, ["1", "2"] * 20), Hints(cutoff=cutoff))

    assert cutoff in str(error.value)
    assert example in str(error.value)


def test_a_cutoff_before_all_rows_is_65_with_the_first(read: Read) -> None:
    times, _ = KINDS["days first"]

    with pytest.raises(
        DataError, match=r"as early as --cutoff 31.12.2023; the first is at 01.01.20"
    ):
        read(csv(times, ["1", "2"] * 20), Hints(cutoff="31.12.2023"))


def test_a_remark_after_the_cutoff_does_not_tell_series_apart(read: Read) -> None:
    rows = [f"{day},{row % 7},{'x' if row < 20 else row % 2}" for row, day in enumerate(DAYS)]
    doubled = [f"{day},{row % 7},{note}" for row, day in enumerate(DAYS[20:]) for note in "pq"]
    hints = Hints(cutoff="2024-01-20")

    one, _ = read("\n".join(["ds,y,note", *rows]) + "\n", hints)
    two, _ = read("\n".join(["ds,y,note", *rows[:20], *doubled]) + "\n", hints)
    wanted, _ = read("\n".join(["ds,y,note", *rows[:20]]) + "\n")

    assert same(one, wanted)
    assert same(two, wanted)


def altered(frame: pl.DataFrame, late: pl.Expr, how: str) -> pl.DataFrame:
    """Change what is later than a cutoff, but for known columns."""
    texts = ["sky", "region"]
    numbers = ["sales", "degrees"]
    changes: dict[str, list[pl.Expr]] = {
        "nothing": [],
        "other values": [
            *(pl.when(late).then(-1e6).otherwise(name).alias(name) for name in numbers),
            *(pl.when(late).then(pl.lit("new")).otherwise(name).alias(name) for name in texts),
        ],
        "no values": [pl.when(~late).then(name).alias(name) for name in numbers + texts],
        "garbage": [
            pl.when(late).then(pl.lit("#REF!")).otherwise(pl.col(name).cast(pl.String)).alias(name)
            for name in numbers
        ],
    }
    return frame.with_columns(changes[how])


LATE = pl.col("day") > date(2024, 1, 20)
COLUMNS = {"target": ("sales",), "static": ("region",), "past": ("degrees", "sky")}
HOW = ["nothing", "other values", "no values", "garbage"]


@pytest.mark.parametrize("how", HOW)
def test_no_column_but_the_known_ones_is_read_after_the_cutoff(read: Read, how: str) -> None:
    frame = shop_frame(60)
    hints = Hints(**COLUMNS, known=("promotion", "slogan"))
    ahead = frame.with_columns(
        pl.when(~LATE).then(name).alias(name) for name in ("sales", "degrees", "sky", "region")
    )
    wanted, _ = read(ahead.write_csv(), hints)

    panel, findings = read(
        altered(frame, LATE, how).write_csv(),
        Hints(**COLUMNS, known=hints.known, cutoff="2024-01-20"),
    )

    assert same(panel, wanted)
    assert findings.warnings == ()
    assert panel.covariates is not None
    assert panel.covariates.lengths.tolist() == [60, 60]


@pytest.mark.parametrize("how", HOW)
def test_no_row_is_read_after_the_cutoff_where_nothing_is_known(read: Read, how: str) -> None:
    frame = shop_frame(60)
    wanted, _ = read(frame.filter(~LATE).write_csv(), Hints(**COLUMNS))

    panel, _ = read(altered(frame, LATE, how).write_csv(), Hints(**COLUMNS, cutoff="2024-01-20"))

    assert same(panel, wanted)


def test_a_series_that_begins_after_the_cutoff_is_not_there_yet(read: Read) -> None:
    frame = shop_frame(60)
    new = frame.filter(LATE, shop="south").with_columns(shop=pl.lit("new"))
    hints = Hints(**COLUMNS, known=("promotion",), cutoff="2024-01-20", item_id=("shop",))

    one, _ = read(pl.concat([frame, new]).write_csv(), hints)
    two, _ = read(frame.write_csv(), hints)

    assert same(one, two)


@pytest.mark.parametrize("change", [lambda text: text.upper(), lambda text: f"{text},"])
def test_lines_in_messages_are_those_of_the_file(read: Read, change: Callable[[str], str]) -> None:
    times, _ = KINDS["dates"]
    rows = [f"a,{time},{row}" for row, time in enumerate(times)]
    shuffled = [*rows[30:], *rows[:5], "a,2024-01-06,oops", *rows[6:30]]
    text = "\n".join(["unique_id,ds,y", *shuffled]) + "\n"

    with pytest.raises(DataError, match=r"data\.csv line 17, column y: 'oops'"):
        read(text, Hints(cutoff="2024-01-20"))


@pytest.mark.parametrize("cutoff", ["02.01.2024 07:00", "2024-01-02 07:00", "2024-01-02T06:00Z"])
def test_a_cutoff_goes_by_the_clock_that_the_user_names(read: Read, cutoff: str) -> None:
    times = [f"{hour:%d.%m.%Y %H:%M}" for hour in HOURS]
    text = csv(times, [str(row % 7) for row in range(40)])

    panel, _ = read(text, Hints(cutoff=cutoff, time_zone="Europe/Berlin"))
    wanted, _ = read(
        csv(times[:32], [str(row % 7) for row in range(32)]),
        Hints(time_zone="Europe/Berlin", date_format="%d.%m.%Y %H:%M"),
    )

    assert same(panel, wanted)
