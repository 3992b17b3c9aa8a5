import io
import shlex
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import fastexcel
import polars as pl
import pytest
from typer.testing import CliRunner

from forecast_rnn.cli import app
from forecast_rnn.errors import BundleError

TABLE = pl.DataFrame(
    {"shop": ["a", "a"], "date": ["2024-01-01", "2024-01-02"], "forecast": [1.5, 2.0]}
)
PATTERNS = {"date": "%Y-%m-%d"}
CSV = "shop,date,forecast\na,2024-01-01,1.5\na,2024-01-02,2.0\n"


@dataclass
class Model:
    """Stands for `model.Model`."""

    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    data: str | None = "not asked"
    strict: bool | None = None
    future: str | None = None

    def predict(self, data=None, *, future, strict):
        self.data, self.future, self.strict = data, future, strict
        return SimpleNamespace(
            table=TABLE, warnings=self.warnings, missing=self.missing, patterns=PATTERNS
        )

    def paths(self, count, data=None, *, seed, future, strict):
        self.data = f"{count} paths of {data} with seed {seed}"
        return SimpleNamespace(
            table=TABLE, warnings=self.warnings, missing=self.missing, patterns=PATTERNS
        )


@pytest.fixture
def model(fake_model):
    model = Model()
    fake_model.load = lambda path, device, threads: model
    return model


def run(command: str):
    return CliRunner().invoke(app, shlex.split(command))


def test_the_forecast_goes_to_standard_output_as_csv(model):
    result = run("predict folder")

    assert (result.exit_code, result.stdout, result.stderr) == (0, CSV, "")
    assert model.data is None


def test_new_rows_and_standard_input_are_handed_on(model):
    run("predict folder new.csv")
    assert model.data == "new.csv"

    run("predict folder -")
    assert model.data == "-"


def test_the_known_columns_ahead_are_handed_on(model):
    run("predict folder --future ahead.csv")

    assert model.future == "ahead.csv"


def test_paths_are_asked_for_with_their_number_and_seed(model):
    result = run("predict folder new.csv --paths 7 --seed 3")

    assert (result.exit_code, result.stdout) == (0, CSV)
    assert model.data == "7 paths of new.csv with seed 3"


def test_strict_reading_is_handed_on(model):
    run("predict folder new.csv")
    assert model.strict is False

    run("predict folder new.csv --strict")
    assert model.strict is True


def test_a_file_gets_the_format_of_its_suffix(model, tmp_path):
    path = tmp_path / "forecast.parquet"

    result = run(f"predict folder --output {path}")

    assert (result.exit_code, result.stdout) == (0, "")
    assert pl.read_parquet(path).equals(TABLE)


def test_the_times_of_a_workbook_are_real_times(model, tmp_path):
    path = tmp_path / "forecast.xlsx"

    run(f"predict folder --output {path}")

    days = fastexcel.read_excel(path).load_sheet("forecast").to_polars()["date"]
    assert days.dt.date().to_list() == [date(2024, 1, 1), date(2024, 1, 2)]


def test_format_overrules_the_suffix(model, tmp_path):
    path = tmp_path / "forecast.txt"

    result = run(f"predict folder --output {path} --format csv")

    assert (result.exit_code, path.read_text()) == (0, CSV)


def test_another_format_on_standard_output(model):
    result = run("predict folder --format parquet")

    assert pl.read_parquet(io.BytesIO(result.stdout_bytes)).equals(TABLE)


@pytest.mark.parametrize(
    "arguments", ["--format docx", "--output forecast.docx", "--output forecast"]
)
def test_an_unknown_format_is_2_with_the_choices(model, arguments):
    result = run(f"predict folder {arguments}")

    assert result.exit_code == 2
    assert "csv, " in result.stderr
    assert model.data == "not asked"
    assert not Path("forecast").exists()


def test_series_without_a_forecast_are_named_and_the_exit_code_is_3(model):
    model.missing = ("b", "c")
    model.warnings = ("series 'b' has 2 rows.",)

    result = run("predict folder")

    assert (result.exit_code, result.stdout) == (3, CSV)
    assert result.stderr == (
        "warning: series 'b' has 2 rows.\nwarning: 2 series have no forecast: b, c.\n"
    )


def test_a_damaged_model_is_78(fake_model):
    def load(path, **_):
        raise BundleError(f"{path}: weights.safetensors is damaged. Train again.")

    fake_model.load = load

    result = run("predict folder")

    assert (result.exit_code, result.stdout) == (78, "")
    assert result.stderr == "error: folder: weights.safetensors is damaged. Train again.\n"


WIDE = "ds;süd;2\n" + "".join(
    f"2024-{month:02}-{day:02};{day % 7 + 0.5};{'' if day == 9 else 10 - day % 7}\n"
    for month in (1, 2, 3)
    for day in range(1, 30)
)


@pytest.mark.slow
def test_newer_rows_are_read_by_the_rules_of_training(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("wide.csv").write_bytes(WIDE.encode("cp1252"))
    quick = "--steps 3 --hidden-size 4 --members 1 --threads 1 --horizon 2 --quiet"
    rules = "--wide --encoding cp1252 --missing previous --duplicates last"

    trained = run(f"train wide.csv {rules} {quick} --out folder --strict")
    known, newer = run("predict folder"), run("predict folder wide.csv --strict")
    Path("wide.csv").write_bytes(WIDE.replace("süd", "nord").encode("cp1252"))
    other = run("predict folder wide.csv --strict")

    assert trained.exit_code == 0, trained.stderr
    assert known.stdout == newer.stdout
    assert [line.split(",")[0] for line in known.stdout.splitlines()] == [
        *("series", "süd", "süd", "2", "2"),
    ]
    assert other.exit_code == 65
    assert "not there at training" in other.stderr


@pytest.mark.slow
def test_strict_training_stops_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("wide.csv").write_text(WIDE, encoding="utf-8")

    result = run("train wide.csv --wide --strict --out folder")

    assert result.exit_code == 65
    assert "3 missing values in 1 of 2 columns" in result.stderr
    assert not Path("folder").exists()
