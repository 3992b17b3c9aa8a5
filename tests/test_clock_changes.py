"""Hourly forecasts over the nights on which the clock is changed, through the commands."""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from forecast_rnn.cli import main

pytestmark = pytest.mark.slow

BERLIN = ZoneInfo("Europe/Berlin")
MARCH, OCTOBER = datetime(2024, 3, 30, 19, tzinfo=UTC), datetime(2024, 10, 26, 19, tzinfo=UTC)
QUICK = ("--steps", "5", "--hidden-size", "8", "--members", "1", "--threads", "1", "--quiet")
HORIZON = 12
LONG = 24 * 220
"""Hours that reach back to the change before."""
SHORT = 24 * 14
LOCAL = "%Y-%m-%d %H:%M"


def hours(last: datetime, count: int) -> list[datetime]:
    """Return the hours up to and with the last."""
    return [last - timedelta(hours=back) for back in range(count - 1, -1, -1)]


def written(times: list[datetime], pattern: str = "") -> list[str]:
    """Write times by the clock of Berlin, without a pattern in ISO 8601 with the offset."""
    local = [time.astimezone(BERLIN) for time in times]
    return [time.strftime(pattern) if pattern else time.isoformat() for time in local]


def following(last: datetime) -> list[datetime]:
    return [last + timedelta(hours=step) for step in range(1, HORIZON + 1)]


def write_csv(path: Path, stamps: list[str]) -> Path:
    rows = [f"{stamp},{50 + 20 * (row % 24 > 12) + row % 7}" for row, stamp in enumerate(stamps)]
    path.write_text("\n".join(["ds,y", *rows]) + "\n")
    return path


def trained(path: Path, *options: str) -> Path:
    """Train on a file and return the folder."""
    out = path.with_name("out")
    command = ["train", str(path), "--out", str(out), "--horizon", str(HORIZON), *QUICK, *options]
    assert main(command) == 0
    return out


def stamps_of(table: str) -> list[str]:
    return [row["ds"] for row in csv.DictReader(io.StringIO(table))]


def forecast_stamps(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return the stamps that `train` wrote, which `predict` has to repeat."""
    capsys.readouterr()
    assert main(["predict", str(folder)]) == 0
    stamps = stamps_of((folder / "forecast.csv").read_text())
    assert stamps_of(capsys.readouterr().out) == stamps
    return stamps


@pytest.mark.parametrize("last", [MARCH, OCTOBER])
def test_stamps_with_offsets_go_on_by_the_clock_of_their_zone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], last: datetime
) -> None:
    path = write_csv(tmp_path / "data.csv", written(hours(last, LONG)))

    stamps = forecast_stamps(trained(path), capsys)

    assert stamps == written(following(last))
    nights = [stamp for stamp in stamps if "T02:00:00" in stamp]
    assert [stamp[-6:] for stamp in nights] == ([] if last == MARCH else ["+02:00", "+01:00"])


@pytest.mark.parametrize("last", [MARCH, OCTOBER])
def test_a_column_with_a_zone_goes_on_in_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], last: datetime
) -> None:
    times = pl.Series(hours(last, SHORT)).dt.convert_time_zone("Europe/Berlin")
    frame = pl.DataFrame({"ds": times, "y": [float(row % 24) for row in range(SHORT)]})
    frame.write_parquet(tmp_path / "data.parquet")

    folder = trained(tmp_path / "data.parquet")
    stamps = forecast_stamps(folder, capsys)
    again = main(["predict", str(folder), "--output", str(tmp_path / "next.parquet")])

    assert [datetime.fromisoformat(stamp) for stamp in stamps] == following(last)
    assert [stamp[-6:] for stamp in stamps] == [stamp[-6:] for stamp in written(following(last))]
    assert again == 0
    typed = pl.read_parquet(tmp_path / "next.parquet")["ds"]
    assert typed.dtype == pl.Datetime("us", "Europe/Berlin")
    assert typed.dt.convert_time_zone("UTC").to_list() == following(last)


@pytest.mark.parametrize("last", [MARCH, OCTOBER])
def test_one_offset_and_a_named_zone_switch_to_the_other_offset(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], last: datetime
) -> None:
    path = write_csv(tmp_path / "data.csv", written(hours(last, SHORT)))

    stamps = forecast_stamps(trained(path, "--timezone", "Europe/Berlin"), capsys)

    assert stamps == written(following(last))


def test_local_times_of_a_zone_leave_out_the_hour_that_spring_skips(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_csv(tmp_path / "data.csv", written(hours(MARCH, SHORT), LOCAL))

    stamps = forecast_stamps(trained(path, "--timezone", "Europe/Berlin"), capsys)

    assert stamps == written(following(MARCH), LOCAL)
    assert "2024-03-31 02:00" not in stamps
    assert len(set(stamps)) == HORIZON


def test_local_times_that_autumn_repeats_get_their_offset(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_csv(tmp_path / "data.csv", written(hours(OCTOBER, SHORT), LOCAL))

    stamps = forecast_stamps(trained(path, "--timezone", "Europe/Berlin"), capsys)

    assert stamps == [
        stamp.replace("T", " ")[:16] + stamp[19:] for stamp in written(following(OCTOBER))
    ]
    assert len(set(stamps)) == HORIZON


def test_newer_local_times_are_read_in_the_zone_of_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_csv(tmp_path / "data.csv", written(hours(MARCH, SHORT), LOCAL))
    folder = trained(path, "--timezone", "Europe/Berlin")
    newest = MARCH + timedelta(hours=9)
    newer = write_csv(tmp_path / "newer.csv", written(hours(newest, SHORT), LOCAL))
    capsys.readouterr()

    code = main(["predict", str(folder), str(newer)])

    said = capsys.readouterr()
    assert (code, said.err) == (0, "")
    assert stamps_of(said.out) == written(following(newest), LOCAL)


def test_without_a_zone_the_hour_that_spring_skips_is_missing_and_the_option_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newest = MARCH + timedelta(hours=9)
    path = write_csv(tmp_path / "data.csv", written(hours(newest, SHORT), LOCAL))

    assert main(["inspect", str(path)]) == 0
    bare = capsys.readouterr().err
    assert main(["inspect", str(path), "--timezone", "Europe/Berlin"]) == 0
    zoned = capsys.readouterr().err

    assert "1 row of 337 missing" in bare
    assert "shift to summer time; pass --timezone NAME" in bare
    assert "missing" not in zoned
    assert "--timezone Europe/Berlin" in zoned
