"""`--head direction` from a file to its forecast, on small files."""

import json
import random
from dataclasses import replace

import polars as pl
import pytest
from typer.testing import CliRunner

from forecast_rnn.api import train as api
from forecast_rnn.api.model import load
from forecast_rnn.cli import app
from forecast_rnn.config import TrainConfig
from forecast_rnn.data.hints import Hints
from forecast_rnn.errors import ConfigError, DataError
from tests.shops import shop_frame

CONFIG = TrainConfig(head="direction", hidden_size=8, steps=20, members=2, threads=1)
BASELINES = ["climatology", "majority", "seasonal_naive", "seasonal_climatology"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory, sales_writer):
    folder = tmp_path_factory.mktemp("direction")
    data = sales_writer(folder / "sales.csv")
    return api.train(data, horizon=7, config=CONFIG, out=folder / "out")


def test_a_forecast_has_the_class_and_its_probabilities(trained):
    table = trained.forecast

    assert table.columns == ["shop", "date", "forecast", "p_down", "p_up"]
    assert table["shop"].to_list() == ["north"] * 7 + ["south"] * 7
    assert ((table["p_down"] + table["p_up"]) - 1).abs().max() < 1e-12
    likely = table["p_up"] > table["p_down"]
    assert (table["forecast"] == "up").equals(likely, check_names=False)


def test_the_actual_class_is_where_the_value_went_since_the_cutoff(trained, sales_writer, tmp_path):
    data = pl.read_csv(sales_writer(tmp_path / "sales.csv"))
    last = data.rename({"date": "cutoff", "sales": "last"})

    joined = trained.backtest.join(data, on=["shop", "date"]).join(last, on=["shop", "cutoff"])

    assert joined.height == trained.backtest.height
    up = joined["sales"] > joined["last"]
    assert (joined["actual"] == "up").equals(up, check_names=False)


def test_scores_stand_beside_those_of_every_baseline(trained):
    scores = trained.scores.pivot(on="metric", index="model", values="value")

    assert scores["model"].to_list() == ["network", *BASELINES]
    own = trained.backtest.filter(model="network")
    right = own.group_by("shop").agg((pl.col("actual") == pl.col("forecast")).mean())["actual"]
    assert scores["accuracy"][0] == pytest.approx(right.mean())
    assert scores["log_loss"].is_null().to_list() == [False, False, True, True, False]


def test_the_bundle_forecasts_the_same_bytes(trained):
    written = (trained.folder / "forecast.csv").read_bytes()

    result = CliRunner().invoke(app, ["predict", str(trained.folder)])

    assert result.exit_code == 0, result.stderr
    assert result.stdout_bytes == written
    assert load(trained.folder).forecaster.classes == trained.model.forecaster.classes


def test_the_same_data_given_again_are_forecast_the_same(trained, sales_writer, tmp_path):
    data = sales_writer(tmp_path / "sales.csv")

    assert load(trained.folder).predict(data).table.equals(trained.forecast)


def test_numbers_of_the_files_add_up(trained):
    table = pl.read_csv(trained.folder / "forecast.csv")

    assert ((table["p_down"] + table["p_up"]) - 1).abs().max() < 1e-6
    assert "Are the probabilities right?" in (trained.folder / "report.html").read_text()


@pytest.mark.parametrize("format", ["csv", "tsv", "parquet", "xlsx", "json", "ndjson"])
def test_every_format_holds_the_forecast(trained, tmp_path, format):
    path = tmp_path / f"forecast.{format}"

    result = CliRunner().invoke(app, ["predict", str(trained.folder), "--output", str(path)])

    assert result.exit_code == 0, result.stderr
    assert path.stat().st_size > 0


def test_a_series_whose_end_is_empty_gets_the_frequencies_of_training(trained):
    frame = pl.read_csv(trained.folder.parent / "sales.csv")
    late = (pl.col("shop") == "south") & (pl.col("date") > "2024-03-01")
    frame = frame.with_columns(sales=pl.when(~late).then("sales"))

    prediction = trained.model.predict(frame)

    assert prediction.fallback == ("south",)
    assert "south" in prediction.warnings[-1]
    assert "forecast by the frequencies of the classes at training" in prediction.warnings[-1]
    south = prediction.table.filter(shop="south")
    shares = [row[1] for row in trained.model.forecaster.classes.shares]
    assert south["p_up"].to_list() == pytest.approx(shares, abs=1e-6)


def test_paths_are_refused(trained):
    with pytest.raises(ConfigError, match="leave out --paths"):
        trained.model.paths(3)
    result = CliRunner().invoke(app, ["predict", str(trained.folder), "--paths", "3"])

    assert result.exit_code == 2
    assert "leave out --paths" in result.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--head", "direction", "--quantiles", "0.1,0.5,0.9"], "leave out --quantiles"),
        (["--head", "direction", "--classes", "-2"], "classes is -2"),
        (["--head", "direction", "--classes", "1"], "classes is 1"),
        (["--classes", "3"], "pass --head direction"),
    ],
)
def test_options_that_make_no_sense_are_2_and_write_nothing(sales_csv, tmp_path, options, message):
    out = tmp_path / "out"

    result = CliRunner().invoke(app, ["train", str(sales_csv), "--out", str(out), *options])

    assert result.exit_code == 2
    assert message in result.stderr
    assert not out.exists() or not list(out.iterdir())


def test_inspect_shows_the_classes_and_their_edges(trained):
    result = CliRunner().invoke(app, ["inspect", str(trained.folder)])

    assert result.exit_code == 0, result.stderr
    assert "classes  down, up" in result.stdout
    assert "edges    0" in result.stdout
    assert f"{trained.settings['steps']} steps\n" in result.stdout
    assert "quantiles" not in result.stdout


def test_five_classes_have_numbers_for_names(sales_csv):
    trained = api.train(sales_csv, horizon=3, config=replace(CONFIG, classes=5))

    table = trained.forecast
    assert table.columns[2:] == ["forecast", "p1", "p2", "p3", "p4", "p5"]
    assert set(table["forecast"]) | set(trained.backtest["actual"]) <= set("12345")
    assert (table.select(pl.sum_horizontal("^p.$")).to_series() - 1).abs().max() < 1e-12
    assert trained.settings["classes"] == 5


def test_the_same_seed_gives_the_same_forecast(sales_csv):
    config = replace(CONFIG, members=1)

    once, again = (api.train(sales_csv, horizon=3, config=config) for _ in range(2))

    assert once.forecast.equals(again.forecast)
    assert once.scores.equals(again.scores)


def test_covariates_are_read(tmp_path):
    hints = Hints(static=("region",), past=("degrees",), known=("promotion",))

    trained = api.train(shop_frame(ahead=7), hints=hints, horizon=7, config=CONFIG)

    assert trained.forecast.height == 14
    assert trained.forecast["p_up"].null_count() == 0


def test_too_many_classes_for_the_data_are_refused_with_a_way_out():
    days = pl.date_range(pl.date(2024, 1, 1), pl.date(2024, 4, 30), "1d", eager=True)
    frame = pl.DataFrame({"day": days, "y": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 9.0] * 17 + [0.0, 0.0]})

    with pytest.raises(DataError, match="Pass fewer --classes"):
        api.train(frame, horizon=3, config=replace(CONFIG, classes=8))


def test_the_json_document_holds_classes_and_scores(sales_csv, tmp_path):
    command = ["train", str(sales_csv), "--head", "direction", "--steps", "10", "--json", "-q"]
    command += ["--hidden-size", "4", "--members", "1", "--out", str(tmp_path / "out")]

    result = CliRunner().invoke(app, command)

    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["settings"]["classes"] == 2
    assert document["verdict"]["metric"] == "error_rate"
    assert set(document["scores"]) == {"network", *BASELINES}
    assert "forecast.csv" in document["files"]


@pytest.mark.slow
@pytest.mark.parametrize("classes", [2, 3])
def test_an_obvious_pattern_is_classified(classes):
    noise = random.Random(0)
    days = pl.date_range(pl.date(2022, 1, 1), pl.date(2023, 12, 31), "1d", eager=True)
    values = [100 + 10 * (place % 7) + noise.gauss(0, 1) for place in range(len(days))]
    frame = pl.DataFrame({"day": days, "y": values})
    config = TrainConfig(head="direction", classes=classes, hidden_size=16, steps=150, members=1)

    trained = api.train(frame, horizon=6, config=config)

    scores = {(model, metric): value for model, metric, value in trained.scores.iter_rows()}
    assert scores["network", "accuracy"] > 0.95
    assert scores["network", "log_loss"] < 0.2
    assert scores["network", "accuracy"] > scores["climatology", "accuracy"]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["train", "DATA", "--workbook"], "--workbook is for forecasts of values"),
        (["train", "DATA", "--fallback"], "--fallback is for forecasts of values"),
        (["predict", "MODEL", "--plot"], "--plot draws values"),
    ],
)
def test_what_is_for_values_is_refused_for_classes(
    trained, sales_writer, tmp_path, command, message
):
    data = sales_writer(tmp_path / "sales.csv")
    names = {"DATA": str(data), "MODEL": str(trained.folder)}
    words = [names.get(word, word) for word in command]
    options = ["--head", "direction", "--out", str(tmp_path / "o")] if "DATA" in command else []

    result = CliRunner().invoke(app, [*words, *options])

    assert result.exit_code == 2
    assert message in result.stderr
