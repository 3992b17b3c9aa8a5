"""Covariates from end to end: they are learnt from, asked for, and never read ahead of time."""

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from forecast_rnn.cli import app
from tests.shops import SHOPS, promotion, shop_frame, written

QUICK = ("--steps", 40, "--hidden-size", 8, "--members", 1, "--threads", 1, "--horizon", 7)
ROLES = ["--static", "region", "--past", "degrees,sky", "--known", "promotion,slogan"]
DAYS = 84


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def forecast_of(result) -> pl.DataFrame:
    assert result.exit_code == 0, result.stderr
    return pl.read_csv(result.stdout.encode(), try_parse_dates=True)


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    return written(shop_frame(DAYS, ahead=7), tmp_path_factory.mktemp("shops") / "sales.csv")


@pytest.fixture(scope="module")
def folder(data) -> Path:
    out = data.parent / "forecast"
    result = run("train", data, *ROLES, *QUICK, "--out", out)
    assert result.exit_code == 0, result.stderr
    return out


def test_a_promotion_that_is_known_shows_in_the_forecast(folder):
    forecast = pl.read_csv(folder / "forecast.csv", try_parse_dates=True)

    on = [promotion(SHOPS.index(shop), DAYS + day % 7) for day, shop in enumerate(forecast["shop"])]
    usual = forecast["forecast"] - forecast["shop"].replace_strict(SHOPS, (100.0, 200.0))
    with_promotion = usual.filter(pl.Series(on) == 1).mean()
    without = usual.filter(pl.Series(on) == 0).mean()
    assert with_promotion - without > 40


def test_rows_ahead_in_the_data_and_a_future_file_are_the_same(folder, data, tmp_path):
    frame = shop_frame(DAYS, ahead=7)
    known = frame.filter(pl.col("sales").is_null()).select("shop", "day", "promotion", "slogan")
    past = written(shop_frame(DAYS), tmp_path / "past.csv")
    ahead = written(known, tmp_path / "ahead.csv")

    with_file = run("predict", folder, past, "--future", ahead)

    assert forecast_of(with_file).equals(forecast_of(run("predict", folder, data)))
    assert forecast_of(with_file).equals(forecast_of(run("predict", folder)))


def test_the_future_alone_changes_with_what_is_known_of_it(folder, tmp_path):
    past = written(shop_frame(DAYS), tmp_path / "past.csv")
    known = shop_frame(DAYS, ahead=7).filter(pl.col("sales").is_null())
    quiet = known.select("shop", "day", promotion=pl.lit(0), slogan=pl.lit("none of it"))
    changed = quiet.with_columns(
        promotion=pl.when(pl.col("shop") == "south").then(1).otherwise("promotion")
    )

    first, second = (
        forecast_of(run("predict", folder, past, "--future", written(frame, tmp_path / "a.csv")))
        for frame in (quiet, changed)
    )

    north = pl.col("shop") == "north"
    assert first.filter(north).equals(second.filter(north))
    assert (second.filter(~north)["forecast"] > first.filter(~north)["forecast"]).all()


def test_without_the_future_the_template_is_asked_for_and_filling_it_in_is_enough(folder, tmp_path):
    past = written(shop_frame(DAYS), tmp_path / "past.csv")

    refused = run("predict", folder, past)
    template = run("future", folder)

    assert refused.exit_code == 2
    assert "forecast-rnn future" in refused.stderr
    assert "2024-03-25" in refused.stderr
    assert "2024-03-31" in refused.stderr
    wanted = pl.read_csv(template.stdout.encode(), try_parse_dates=True)
    assert wanted.columns == ["shop", "day", "promotion", "slogan"]
    assert wanted.height == 14
    filled = wanted.with_columns(promotion=pl.lit(1), slogan=pl.lit("big"))
    done = run("predict", folder, past, "--future", written(filled, tmp_path / "ahead.csv"))
    assert forecast_of(done).height == 14


def test_a_row_that_is_missing_from_the_future_is_named(folder, tmp_path):
    past = written(shop_frame(DAYS), tmp_path / "past.csv")
    known = shop_frame(DAYS, ahead=7).filter(pl.col("sales").is_null())
    ahead = written(known.select("shop", "day", "promotion", "slogan")[:-2], tmp_path / "a.csv")

    result = run("predict", folder, past, "--future", ahead)

    assert result.exit_code == 65
    assert "south" in result.stderr
    assert "2024-03-30" in result.stderr


def test_past_columns_are_not_read_after_the_last_row(folder, tmp_path):
    frame = shop_frame(DAYS, ahead=7)
    told = frame.with_columns(
        degrees=pl.when(pl.col("sales").is_null()).then(99.0).otherwise("degrees"),
        sky=pl.when(pl.col("sales").is_null()).then(pl.lit("hail")).otherwise("sky"),
    )

    result = run("predict", folder, written(told, tmp_path / "told.csv"))

    assert forecast_of(result).equals(forecast_of(run("predict", folder)))


@pytest.mark.slow
def test_nothing_but_known_columns_after_the_cutoff_changes_the_forecast(tmp_path):
    frame = shop_frame(DAYS)
    late = pl.col("day") > pl.date(2024, 3, 17)
    other = frame.with_columns(
        sales=pl.when(late).then(-1e6).otherwise("sales"),
        degrees=pl.when(late).then(None).otherwise("degrees"),
        sky=pl.when(late).then(pl.lit("hail")).otherwise("sky"),
    )

    outcomes = []
    for number, each in enumerate((frame, other)):
        path = written(each, tmp_path / f"{number}.csv")
        out = tmp_path / f"out{number}"
        done = run("train", path, *ROLES, *QUICK, "--cutoff", "2024-03-17", "--out", out)
        assert done.exit_code == 0, done.stderr
        outcomes.append((out / "forecast.csv").read_bytes())

    assert outcomes[0] == outcomes[1]
    assert b"2024-03-18" in outcomes[0]
    assert b"2024-03-24" in outcomes[0]
