"""New data beside those of training: in tiny panels, and through the commands."""

import io
import random
import shlex
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from forecast_rnn.cli import app
from forecast_rnn.data.panels.newdata import (
    about_new_data,
    check_frequency,
    check_lengths,
    ranges_of,
    with_ids_of_training,
)
from forecast_rnn.data.time.frequency import Frequency
from forecast_rnn.errors import DataError
from forecast_rnn.neural.scaling.transform import Transform
from tests.panels import NAN, panel_of

FREE = Transform("identity")


def renamed(panel, *names):
    return replace(panel, items=pl.DataFrame({"name": names}))


def test_another_frequency_is_refused_with_both():
    panel = panel_of([1, 2, 3])

    check_frequency(panel, panel.frequency)
    with pytest.raises(DataError, match=r"steps of 1d.*steps of 1i"):
        check_frequency(panel, Frequency("1d", "offset"))


def test_series_are_too_short_only_if_all_are():
    known = panel_of(*[[1.0] * 20] * 3)

    warnings = check_lengths(panel_of([1] * 3, [1] * 7, [1] * 8), known, 8)

    assert len(warnings) == 1
    assert "2 series have fewer rows than the 8" in warnings[0]
    assert warnings[0].endswith("a (3), b (7).")
    assert check_lengths(panel_of([1] * 8), known, 8) == ()
    with pytest.raises(DataError, match=r"has the 8 rows .* a \(7\), b \(2\)\."):
        check_lengths(panel_of([1] * 7, [1] * 2), known, 8)


def test_no_more_rows_are_asked_for_than_the_series_of_training_had():
    known = panel_of([1] * 3, [1] * 5, [1] * 9, [])

    assert check_lengths(panel_of([1] * 5), known, 8) == ()
    with pytest.raises(DataError, match="has the 5 rows"):
        check_lengths(panel_of([1] * 4), known, 8)


def test_a_new_series_is_named_and_ids_may_be_numbers_or_text():
    known = renamed(panel_of([1, 2], [1, 2]), "1", "2")

    assert about_new_data(renamed(panel_of([1, 2], [1, 2]), 1, 2), known, FREE) == ()
    (warning,) = about_new_data(renamed(panel_of([1, 2], [1, 2]), 1, 3), known, FREE)
    assert warning == "1 series was not there at training and is forecast all the same: 3."


@pytest.mark.parametrize("factor", [1000, -1000, 0.001])
def test_values_of_another_size_are_said_with_both_ranges(factor):
    known = panel_of([2, 3, NAN, 4], [10, 20])

    (warning,) = about_new_data(panel_of([2, 3, NAN, 4], [10 * factor, 20 * factor]), known, FREE)

    low, high = sorted((10 * factor, 20 * factor))
    assert "1 series has values of another size than at training: b." in warning
    assert f"In b they lie between {low:g} and {high:g};" in warning
    assert "its values lay between 10 and 20" in warning


@pytest.mark.parametrize("values", [[200, 3], [0, 0], [NAN, NAN], [-199, 3], [0.02, 0.05]])
def test_values_up_to_a_hundred_times_as_large_or_small_are_nothing_to_say(values):
    assert about_new_data(panel_of(values), panel_of([2, 3]), FREE) == ()


def test_series_without_a_size_of_their_own_are_compared_with_all_of_training():
    known = panel_of([0, 0], [NAN, NAN], [10, 20])

    assert about_new_data(panel_of([5, 0], [9, 9], [10, 20]), known, FREE) == ()
    (warning,) = about_new_data(panel_of([5000, 0], [9, 9], [10, 20]), known, FREE)
    assert "In a they lie between 0 and 5000; at training all values lay between 0 and 20" in (
        warning
    )


def test_ranges_go_on_with_new_rows_as_those_of_all_rows():
    old, new = panel_of([3, NAN, 5], [NAN], [7], [-1, 1]), panel_of([9], [NAN, 2], [-4])
    place = np.array([2, 1, 3])

    found = ranges_of(old).with_rows(ranges_of(new), place)

    whole = ranges_of(panel_of([3, NAN, 5], [NAN, NAN, 2], [7, 9], [-1, 1, -4]))
    np.testing.assert_array_equal(found.low, whole.low)
    np.testing.assert_array_equal(found.high, whole.high)


def test_data_that_end_before_those_of_training_are_said_with_both_stamps():
    known = panel_of([1, 2, 3, 4], [1, 2])

    (warning,) = about_new_data(panel_of([1, 2, 3], [1, 2]), known, FREE)

    assert "the data end at 2, but those of training went on to 3" in warning
    assert about_new_data(panel_of([1, 2], [1, 2, 3, 4, 5]), known, FREE) == ()


def test_values_of_another_sign_are_counted():
    (warning,) = about_new_data(panel_of([1, -2, 0]), panel_of([1, 2, 3]), Transform("log"))

    assert "2 values are not positive" in warning


def test_an_id_column_that_training_lacked_goes_if_it_tells_nothing_apart():
    known = replace(panel_of([1, 2]), items=pl.DataFrame())

    panel, warnings = with_ids_of_training(panel_of([1, 2]), known)

    assert panel.items.width == 0
    assert panel.schema.item_id == ()
    assert warnings == ("column name was not there at training and is not used.",)
    assert with_ids_of_training(known, known) == (known, ())
    with pytest.raises(DataError, match=r"by name, but .* none, for there was one series"):
        with_ids_of_training(panel_of([1, 2], [1, 2]), known)


DAYS = [date(2024, 1, 1) + timedelta(days=day) for day in range(60)]


def sales(items=("a", "b", "c"), *, days=DAYS, factor=1.0):
    noise = random.Random(1)
    rows = [
        (item, f"{day}", round(factor * (20 + 5 * (place % 7) + noise.random()), 2))
        for item in items
        for place, day in enumerate(days)
    ]
    return pl.DataFrame(rows, schema=["unique_id", "ds", "y"], orient="row")


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("newdata")
    sales().write_csv(folder / "train.csv")
    quick = shlex.split("--steps 20 --hidden-size 4 --members 1 --threads 1 --horizon 7 --quiet")
    result = run("train", folder / "train.csv", *quick, "--out", folder / "out")
    assert result.exit_code == 0, result.stderr
    return folder / "out"


@pytest.fixture
def predict(folder, tmp_path):
    def predict(frame, *options):
        frame.write_csv(tmp_path / "new.csv")
        return run("predict", folder, tmp_path / "new.csv", *options)

    return predict


def test_the_data_of_training_in_any_order_and_with_more_columns_give_the_same_bytes(
    folder, predict
):
    frame = sales().with_columns(note=pl.lit("x"), price=1.5)

    for other in (frame, frame.select("price", "y", "ds", "note", "unique_id"), frame.reverse()):
        result = predict(other)

        assert (result.exit_code, result.stderr) == (0, "")
        forecast = (folder / "forecast.csv").read_bytes().splitlines()
        assert sorted(result.stdout_bytes.splitlines()) == sorted(forecast)
    assert predict(frame).stdout_bytes == (folder / "forecast.csv").read_bytes()


def test_a_series_never_seen_is_forecast_with_a_warning(predict):
    result = predict(sales(("a", "zz")))

    assert result.exit_code == 0
    assert "1 series was not there at training" in result.stderr
    assert set(pl.read_csv(io.BytesIO(result.stdout_bytes))["unique_id"]) == {"a", "zz"}


def test_a_change_of_unit_is_warned_of_and_refused_by_strict(predict):
    result = predict(sales(factor=1000))

    assert result.exit_code == 0
    assert "3 series have values of another size than at training: a, b, c." in result.stderr
    assert result.stdout.count("\n") == 22
    strict = predict(sales(factor=1000), "--strict")
    assert (strict.exit_code, strict.stdout) == (65, "")


def test_only_short_histories_are_65_and_some_are_warned_of(predict):
    few = predict(sales(days=DAYS[:5]))
    some = predict(pl.concat([sales(("a",)), sales(("b",), days=DAYS[-30:])]))

    assert (few.exit_code, few.stdout) == (65, "")
    assert "has the 56 rows" in few.stderr
    assert "a (5), b (5), c (5)" in few.stderr
    assert some.exit_code == 0
    assert "1 series has fewer rows than the 56" in some.stderr
    assert some.stdout.count("\nb,") == 7


@pytest.mark.parametrize("name", ["unique_id", "ds", "y"])
def test_a_renamed_column_is_65_with_what_was_wanted_and_what_is_there(predict, name):
    result = predict(sales().rename({name: "other"}))

    assert (result.exit_code, result.stdout) == (65, "")
    assert f"no column '{name}'; there are" in result.stderr
    assert "'other'" in result.stderr


def test_another_frequency_is_65(predict):
    weekly = [date(2023, 1, 1) + timedelta(weeks=week) for week in range(60)]

    result = predict(sales(days=weekly))

    assert (result.exit_code, result.stdout) == (65, "")
    assert "trained on steps of 1d, but the data have steps of 1w" in result.stderr


def test_stale_data_are_warned_of_with_both_stamps(predict):
    result = predict(sales(days=[day - timedelta(days=10) for day in DAYS]))

    assert result.exit_code == 0
    assert "end at 2024-02-19, but those of training went on to 2024-02-29" in result.stderr


def empty_at_the_end(frame, item):
    late = (pl.col("unique_id") == item) & (pl.col("ds") > "2024-02-29")
    return frame.with_columns(y=pl.when(~late).then("y"))


LONG = [date(2024, 1, 1) + timedelta(days=day) for day in range(120)]


def test_an_empty_end_is_forecast_by_the_seasonal_naive_and_the_exit_code_is_0(predict):
    result = predict(empty_at_the_end(sales(days=LONG), "b"))

    assert result.exit_code == 0
    assert "1 series was forecast by the seasonal naive, for the last 56 rows" in result.stderr
    forecast = pl.read_csv(io.BytesIO(result.stdout_bytes)).filter(pl.col("unique_id") == "b")
    assert forecast.height == 7
    assert forecast.null_count().sum_horizontal().item() == 0


def test_a_series_without_any_value_has_no_forecast_and_the_exit_code_is_3(predict):
    frame = sales().with_columns(y=pl.when(pl.col("unique_id") != "b").then("y"))

    result = predict(frame)

    assert result.exit_code == 3
    assert "1 series has no forecast: b." in result.stderr
    assert set(pl.read_csv(io.BytesIO(result.stdout_bytes))["unique_id"]) == {"a", "c"}
