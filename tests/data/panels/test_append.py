"""New rows at the ends of series that are known."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels.append import appended
from forecast_rnn.data.panels.newdata import place_at_training
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.read import panel_from_frame
from forecast_rnn.errors import DataError
from tests.shops import shop_frame

FIRST = date(2024, 1, 1)
SHOPS = Hints(
    item_id=("shop",),
    target=("sales",),
    frequency="d",
    static=("region",),
    past=("degrees", "sky"),
    known=("promotion", "slogan"),
)


def daily(**series: tuple[int, list[float]]) -> pl.DataFrame:
    """Return rows of series: for each the number of its first day, and values from there on."""
    return pl.DataFrame(
        [
            {"id": name, "day": FIRST + timedelta(days=first + number), "y": float(value)}
            for name, (first, values) in series.items()
            for number, value in enumerate(values)
        ]
    )


def read(frame: pl.DataFrame, hints: Hints | None = None) -> Panel:
    return panel_from_frame(frame, hints or Hints(frequency="d", item_id=("id",)))[0]


def joined(panel: Panel, new: Panel) -> tuple[Panel, tuple[str, ...]]:
    return appended(panel, new, place_at_training(new, panel))


def values_of(panel: Panel) -> list[list[float]]:
    return [values.tolist() for values in np.split(panel.values, panel.indptr[1:-1])]


def test_new_rows_come_to_the_ends_of_their_series():
    panel = read(daily(a=(0, [1, 2, 3]), b=(5, [4, 5]), c=(1, [6, 7])))
    new = read(daily(c=(3, [8]), a=(3, [9, 10])))

    grown, said = joined(panel, new)

    assert values_of(grown) == [[1, 2, 3, 9, 10], [4, 5], [6, 7, 8]]
    assert said == ()
    assert values_of(panel) == [[1, 2, 3], [4, 5], [6, 7]]


def test_what_lies_between_is_missing_and_said():
    panel, new = read(daily(a=(0, [1, 2, 3]))), read(daily(a=(5, [4, 5])))

    grown, said = joined(panel, new)

    np.testing.assert_array_equal(grown.values, [1, 2, 3, np.nan, np.nan, 4, 5])
    assert said == (
        "1 series skip rows before the new ones (at most 2 rows, in a); they are missing.",
    )


def test_what_lies_between_is_what_the_user_says_gaps_are():
    hints = Hints(frequency="d", item_id=("id",), missing="zero")

    grown, said = joined(read(daily(a=(0, [1, 2])), hints), read(daily(a=(4, [3])), hints))

    assert grown.values.tolist() == [1, 2, 0, 0, 3]
    assert said == ()


@pytest.mark.parametrize("every", ["1mo", "1q", "1w", "1h", "15m"])
def test_rows_of_any_frequency_join(every):
    # Months from the 31st on: of those that are shorter it is the last day.
    month_ends = pl.datetime(2023, 1, 31), pl.datetime(2024, 1, 31)
    times = pl.datetime_range(*month_ends, interval=every, eager=True)[:30]
    frame = pl.DataFrame({"time": times, "y": np.arange(len(times)) + 1.0})
    hints = Hints(frequency=every)

    grown, said = joined(read(frame[:-2], hints), read(frame[-2:], hints))

    assert grown.values.tolist() == frame["y"].to_list()
    assert said == ()


@pytest.mark.parametrize("days", [1, 3])
def test_covariates_join_as_if_they_had_always_been_there(days):
    frame = shop_frame(days=40, ahead=7)
    begin, end = (
        pl.col("day") < date(2024, 2, 5),
        pl.col("day") < date(2024, 2, 5) + timedelta(days),
    )
    seen = pl.when(end).then("sales").alias("sales")
    panel = read(frame.filter(begin), SHOPS)
    new = read(frame.with_columns(seen).filter(~begin), SHOPS)

    grown, _ = joined(panel, new)

    whole = read(frame.with_columns(seen), SHOPS)
    assert grown.values.tolist() == whole.values.tolist()
    assert grown.covariates.static.equals(whole.covariates.static)
    assert grown.covariates.lengths.tolist() == whole.covariates.lengths.tolist()
    assert grown.covariates.frame.equals(whole.covariates.frame)


def test_what_was_known_ahead_stays_until_it_is_told_anew():
    frame = shop_frame(days=40, ahead=7)
    panel, later = read(frame, SHOPS), frame.filter(pl.col("day") == date(2024, 2, 10))
    changed = later.with_columns(sales=pl.lit(1.0), promotion=pl.lit(9))

    grown, _ = joined(panel, read(changed, SHOPS))

    lengths, promotions = panel.lengths(), grown.covariates.frame["promotion"]
    assert grown.lengths().tolist() == (lengths + 1).tolist()
    assert promotions[int(lengths[0])] == 9
    assert promotions[int(lengths[0]) - 1] == panel.covariates.frame["promotion"][39]


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (
            {"a": (1, [5.0, 6.0, 7.0])},
            "a has a new row at 2024-01-02, but its rows up to 2024-01-03 are known already (2 "
            "such rows).",
        ),
        (
            {"d": (3, [5.0]), "a": (3, [5.0])},
            "the model does not know 1 series of the new rows: d.",
        ),
    ],
)
def test_rows_that_are_not_new_or_of_no_series_are_refused(new, told):
    panel = read(daily(a=(0, [1, 2, 3]), b=(5, [4, 5])))

    with pytest.raises(DataError) as refused:
        joined(panel, read(daily(**new)))

    assert str(refused.value).startswith(told)


def test_rows_off_the_grid_are_refused():
    weekly = pl.DataFrame(
        {"day": [FIRST + timedelta(days=7 * n) for n in range(9)], "y": [1.0] * 9}
    )
    panel = read(weekly, Hints(frequency="w"))
    tuesday = pl.DataFrame({"day": [date(2024, 3, 12)], "y": [2.0]})

    with pytest.raises(DataError, match="new row at 2024-03-12, which is not a whole number of"):
        joined(panel, read(tuesday, Hints(frequency="w")))


def test_a_static_column_that_changes_is_refused():
    frame = shop_frame(days=40)
    panel = read(frame, SHOPS)
    later = frame[-1:].with_columns(day=date(2024, 2, 10), region=pl.lit("hills"))

    with pytest.raises(DataError, match="south has 'hills' in static column 'region', which was"):
        joined(panel, read(later, SHOPS))
