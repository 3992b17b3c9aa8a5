"""The command `forecast` as a whole: files, codes, standard output, and no look-ahead."""

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from forecast_rnn import forecast, load
from forecast_rnn.cli import app
from forecast_rnn.errors import BundleError, OutputError

ROWS = 120
FILES = {"model", "forecast.csv", "backtest.parquet", "scores.csv", "report.html"}


def run(*words):
    return CliRunner().invoke(app, ["forecast", *map(str, words)])


def frame_of(rows=ROWS, factor=1.0):
    days = pl.date_range(pl.date(2024, 1, 1), pl.date(2025, 1, 1), eager=True)[:rows]
    values = [factor * (50 + 8 * (day % 7) + day % 5) for day in range(rows)]
    return pl.DataFrame({"day": days, "sales": values})


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    frame_of().write_csv("sales.csv")
    return Path("sales.csv")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder that the command wrote."""
    folder = tmp_path_factory.mktemp("made")
    frame_of().write_csv(folder / "sales.csv")
    result = run(folder / "sales.csv", "--out", folder / "out")
    assert result.exit_code == 0, result.stderr
    return folder / "out", result


def test_the_files_of_a_training_are_written(made):
    folder, result = made

    assert {path.name for path in folder.iterdir()} - {".forecast-rnn.json"} == FILES
    assert result.stdout == ""
    for said in ("pre-trained gru", "ridge", "together", "The forecast ", "wrote"):
        assert said in result.stderr


def test_the_report_says_what_each_source_was_worth(made):
    page = (made[0] / "report.html").read_text()

    assert "Why these settings" in page
    assert page.count("<meter") == 4
    assert "Nothing was trained on these data" in page


def test_predict_goes_on_from_the_folder(made):
    table = load(made[0]).predict().table

    written = pl.read_csv(made[0] / "forecast.csv", try_parse_dates=True)
    assert table["forecast"].round(6).to_list() == pytest.approx(written["forecast"].to_list())
    result = CliRunner().invoke(app, ["predict", str(made[0])])
    assert result.exit_code == 0
    assert result.stdout == (made[0] / "forecast.csv").read_text()


def test_a_model_takes_newer_rows_in(made):
    model = load(made[0])
    new = frame_of(ROWS + 7)[-7:]

    updated, prediction = model.update(new)

    assert prediction.table.equals(model.predict(frame_of(ROWS + 7)).table)
    assert len(updated.panel.values) == ROWS + 7


def test_paths_are_drawn_around_the_forecast(made):
    model = load(made[0])
    paths = model.paths(400, seed=1).table

    middle = paths.group_by("day", maintain_order=True).agg(pl.col("value").median())["value"]
    table = model.predict().table
    inside = (middle > table["q0.3"]) & (middle < table["q0.7"])
    assert inside.all()


@pytest.mark.slow
def test_the_same_command_writes_the_same_bytes(data, made):
    run(data, "--out", "a")
    run(data, "--out", "b")

    for name in FILES - {"model", "report.html"}:
        assert Path("a", name).read_bytes() == Path("b", name).read_bytes()
    for path in Path("a", "model").iterdir():
        assert path.read_bytes() == Path("b", "model", path.name).read_bytes()
    pages = [Path(name, "report.html").read_text() for name in "ab"]
    assert pages[0].replace("--out a", "--out b") == pages[1]


def test_a_dash_writes_the_forecast_alone(data, made):
    result = run(data, "--out", "-")

    assert result.exit_code == 0
    assert result.stdout == (made[0] / "forecast.csv").read_text()
    assert result.stderr == ""
    assert [path.name for path in Path().iterdir()] == ["sales.csv"]


def test_nothing_after_a_cutoff_tells_in_what_is_forecast_before_it():
    changed = frame_of()
    tested = forecast(frame_of(), horizon=7).table
    cutoff = tested["cutoff"].min()
    after = pl.col("day") > cutoff
    changed = changed.with_columns(
        pl.when(after).then(-9 * pl.col("sales")).otherwise("sales").alias("sales")
    )

    other = forecast(changed, horizon=7).table

    columns = ["model", "step", "forecast", "q0.1", "q0.9"]
    first = [table.filter(cutoff=cutoff)[columns] for table in (tested, other)]
    assert first[0].height
    assert first[0].equals(first[1])


def test_a_forecast_is_as_many_times_as_large_as_the_series():
    plain, large = forecast(frame_of()).forecast, forecast(frame_of(factor=1024.0)).forecast

    for name in plain.columns[1:]:
        assert (large[name] / 1024).to_list() == pytest.approx(plain[name].to_list(), rel=1e-9)


def test_untested_and_tested_forecasts_are_the_same():
    tested, plain = forecast(frame_of()), forecast(frame_of(), test=False)

    assert plain.forecast.equals(tested.forecast)
    assert plain.scores.is_empty()
    assert plain.verdict.sentences == ("The forecast was not tested.",)


def test_columns_beside_the_target_are_said_not_to_be_used(data):
    frame_of().with_columns(price=pl.Series(range(ROWS))).write_csv(data)
    result = run(data, "--target", "sales", "--known", "price", "--out", "-")

    assert result.exit_code == 0
    assert "column price is not used" in result.stderr
    assert run(data, "--target", "sales", "--known", "price", "--strict", "-o", "-").exit_code == 65


def test_whole_numbers_are_forecast_where_they_are_asked_for(data):
    result = run(data, "--out", "-", "--round", "--horizon", 3)

    _, *lines = result.stdout.splitlines()
    assert len(lines) == 3
    assert all("." not in line.split(",", 1)[1] for line in lines)


def test_options_are_kept(data):
    result = run(data, "-o", "-", "--horizon", 2, "--season", 5, "--quantiles", "0.5,0.05")

    assert result.stdout.splitlines()[0] == "day,forecast,q0.05,q0.5"
    assert len(result.stdout.splitlines()) == 3


def test_json_tells_scores_and_sources(data):
    result = run(data, "--json", "--quiet", "--out", "out")

    told = json.loads(result.stdout)
    assert [one["name"] for one in told["sources"]] == ["prior", "ridge", "naive2", "together"]
    assert told["verdict"]["subject"] == "forecast"
    assert told["files"] == [
        "model",
        "forecast.csv",
        "backtest.parquet",
        "scores.csv",
        "report.html",
    ]


def test_inspect_tells_of_such_a_model(made):
    result = CliRunner().invoke(app, ["inspect", str(made[0])])

    assert result.exit_code == 0
    assert "pre-trained gru, hidden size 128" in result.stdout


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--out", "-", "--json"], 2, "leave out --json"),
        (["--cell", "abacus"], 2, "no prior of the cell 'abacus'"),
        (["--prior", "absent.safetensors"], 78, "absent.safetensors"),
        (["--horizon", "0"], 2, "horizon is 0"),
        (["--quantiles", "0.1,0.9"], 2, "must hold 0.5"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(data, words, code, message):
    result = run(data, *words)

    assert result.exit_code == code
    assert message in result.stderr
    assert [path.name for path in Path().iterdir()] == ["sales.csv"]


def test_a_damaged_prior_is_refused(data):
    Path("p.safetensors").write_bytes(b"no weights")
    Path("p.json").write_text("{}")

    with pytest.raises(BundleError, match="is damaged"):
        forecast(str(data), prior="p.safetensors")


def test_a_folder_of_a_training_is_left_alone(data):
    Path("out").mkdir()
    Path("out", ".forecast-rnn.json").write_text('{"format": 1, "command": "train"}')

    with pytest.raises(OutputError, match="was written by 'train'"):
        forecast(str(data), out="out")


def test_a_gate_withholds_the_forecast_from_standard_output(data):
    # A step that comes back each week: nothing is better than the seasonal naive.
    pl.DataFrame({"day": range(90), "sales": [1.0, 2.0, 9.0] * 30}).write_csv(data)
    result = run(data, "--season", 3, "--horizon", 3, "--gate", "--out", "-")

    assert (result.exit_code, result.stdout) == (80, "")
    assert "is better than the forecast" in result.stderr


def test_series_without_values_end_in_three(data):
    rows = frame_of().with_columns(shop=pl.lit("a"))
    empty = rows.with_columns(shop=pl.lit("b"), sales=pl.lit(None, pl.Int64))
    pl.concat([rows, empty], how="vertical_relaxed").write_csv(data)
    result = run(data, "--id", "shop", "--out", "-")

    assert result.exit_code == 3
    assert "1 series has no forecast: b" in result.stderr
    assert {line.split(",")[0] for line in result.stdout.splitlines()[1:]} == {"a"}
