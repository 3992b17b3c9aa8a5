"""Looking into data and models as a function."""

import shlex
import subprocess
import sys

import polars as pl
import pytest

from forecast_rnn import Hints, TrainConfig, inspect, train
from forecast_rnn.errors import BundleError, DataError, InputError


def test_a_file_is_described_as_training_would_take_it(sales_csv):
    inspected = inspect(sales_csv)

    assert inspected.facts["time"] == "date (daily, 2024-01-01 to 2024-05-19)"
    assert (inspected.season, inspected.horizon) == (7, 14)
    assert inspected.columns == {"time": "date", "id": ("shop",), "target": ("sales",)}
    assert inspected.series["series"].to_list() == ["north", "south"]
    assert inspected.totals["rows"] == inspected.series["rows"].sum()
    assert (inspected.warnings, inspected.model, inspected.description) == ((), None, None)


def test_a_table_is_described_as_its_file_is(sales_csv):
    of_file, of_table = inspect(sales_csv), inspect(pl.read_csv(sales_csv))

    assert of_table.series.equals(of_file.series)
    assert of_table.facts == of_file.facts
    assert of_table.command == "forecast-rnn train DATA"


def test_hints_are_followed_and_the_command_repeats_them(sales_csv):
    inspected = inspect(
        sales_csv, hints=Hints(item_id=("shop",), frequency="d", cutoff="2024-02-01")
    )

    assert inspected.series["to"].to_list() == ["2024-02-01"] * 2
    assert shlex.split(inspected.command) == [
        *("forecast-rnn", "train", str(sales_csv)),
        *("--id", "shop", "--freq", "d", "--cutoff", "2024-02-01"),
    ]


def test_the_next_command_reads_the_file_in_the_same_way(tmp_path):
    path = tmp_path / "a b.csv"
    path.write_text("my time;a;b\n" + "".join(f"{day:02}/01/2024;1;2\n" for day in range(1, 29)))
    hints = Hints(
        time="my time",
        target=("a", "b"),
        frequency="d",
        date_format="%d/%m/%Y",
        duplicates="sum",
        missing="zero",
        wide=True,
        encoding="cp1252",
    )

    words = shlex.split(inspect(path, hints=hints).command)

    assert words == [
        *("forecast-rnn", "train", str(path), "--time", "my time", "--target", "a,b"),
        *("--freq", "d", "--date-format", "%d/%m/%Y", "--duplicates", "sum", "--missing", "zero"),
        *("--wide", "--encoding", "cp1252"),
    ]


def test_a_warning_is_an_error_if_asked_for(tmp_path):
    path = tmp_path / "gap.csv"
    days = [day for day in range(1, 29) if day != 9]
    path.write_text("ds,y\n" + "".join(f"2024-01-{day:02},{day}\n" for day in days))

    assert len(inspect(path).warnings) == 1
    with pytest.raises(DataError, match="refused by --strict"):
        inspect(path, strict=True)


def test_places_that_are_wrong_are_in_the_error(tmp_path):
    path = tmp_path / "bad.csv"
    rows = [f"2024-01-{day:02},{day}\n" for day in range(1, 28)]
    path.write_text("".join(["ds,y\n", *rows, "2024-01-28,x\n"]))

    with pytest.raises(DataError) as caught:
        inspect(path)

    assert [(fault.place, fault.text) for fault in caught.value.faults] == [("line 29", "x")]


def test_nothing_at_the_path_is_said(tmp_path):
    with pytest.raises(InputError, match="nowhere"):
        inspect(tmp_path / "nowhere.csv")


@pytest.fixture(scope="module")
def trained(tmp_path_factory, sales_writer):
    folder = tmp_path_factory.mktemp("inspect")
    config = TrainConfig(prior="none", hidden_size=8, steps=20, members=1, threads=1)
    data = sales_writer(folder / "sales.csv")
    return train(data, horizon=7, config=config, out=folder / "out")


def test_a_model_is_described_by_its_folder_or_its_bundle(trained):
    for folder in (trained.folder, trained.folder / "model"):
        inspected = inspect(folder)

        assert inspected.facts["series"] == "2 with 280 rows"
        assert (inspected.season, inspected.horizon) == (7, 7)
        assert inspected.series["series"].to_list() == ["north", "south"]
        assert inspected.description["training"]["hidden_size"] == 8
        assert inspected.model.forecaster.parameters == trained.model.forecaster.parameters
        assert inspected.command == f"forecast-rnn predict {folder}"


def test_a_damaged_model_is_refused(trained):
    weights = trained.folder / "model" / "weights.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)

    with pytest.raises(BundleError):
        inspect(trained.folder)


def test_the_function_is_not_the_module_of_the_language():
    assert inspect is not sys.modules["inspect"]


@pytest.mark.slow
def test_looking_into_data_does_without_torch(sales_csv):
    program = (
        "import sys, forecast_rnn\n"
        f"forecast_rnn.inspect({str(sales_csv)!r}).series\n"
        "assert 'polars' in sys.modules and 'torch' not in sys.modules"
    )

    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
