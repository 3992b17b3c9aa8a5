"""Training as a function, on small files."""

from dataclasses import replace

import numpy as np
import polars as pl
import polars.selectors as cs
import pytest

import forecast_rnn
from forecast_rnn.api import train as api
from forecast_rnn.api.model import load
from forecast_rnn.baselines import USUAL_BASELINES
from forecast_rnn.config import TrainConfig
from forecast_rnn.data.hints import Hints
from forecast_rnn.errors import ConfigError, DataError, OutputError
from forecast_rnn.neural.heads import COUNTS, HEADS, VALUED
from forecast_rnn.output import xlsx

CONFIG = TrainConfig(prior="none", hidden_size=8, steps=20, members=1, threads=1)


@pytest.fixture(scope="module")
def trained(tmp_path_factory, sales_writer):
    folder = tmp_path_factory.mktemp("api")
    return api.train(
        sales_writer(folder / "sales.csv"), horizon=7, config=CONFIG, out=folder / "out"
    )


def test_the_front_door_is_complete_and_sorted():
    assert forecast_rnn.__all__ == sorted(forecast_rnn.__all__)
    assert all(getattr(forecast_rnn, name) is not None for name in forecast_rnn.__all__)


def test_a_forecast_has_the_columns_of_the_input_and_the_quantiles(trained):
    quantiles = [f"q0.{tenth}" for tenth in range(1, 10)]

    assert trained.forecast.columns == ["shop", "date", "forecast", *quantiles]
    assert trained.forecast["shop"].to_list() == ["north"] * 7 + ["south"] * 7
    assert trained.forecast["date"][0] == "2024-05-20"


def test_backtest_rows_add_model_cutoff_step_and_actual(trained):
    assert trained.backtest.columns[:6] == ["model", "shop", "date", "cutoff", "step", "actual"]
    assert set(trained.backtest["model"]) == {"network", *USUAL_BASELINES}


def test_the_backtest_is_the_same_whether_it_was_written_or_not(trained, sales_writer, tmp_path):
    data = sales_writer(tmp_path / "sales.csv")

    kept = api.train(data, horizon=7, config=CONFIG)

    assert trained.table is None
    assert kept.backtest.equals(trained.backtest)


def test_a_training_that_fails_once_the_backtest_is_there_leaves_nothing(
    sales_writer, tmp_path, monkeypatch
):
    def fail(*_, **__):
        raise DataError("odd")

    monkeypatch.setattr("forecast_rnn.api.model.Model.predict", fail)
    with pytest.raises(DataError, match="odd"):
        api.train(
            sales_writer(tmp_path / "sales.csv"), horizon=7, config=CONFIG, out=tmp_path / "out"
        )

    assert [path.name for path in tmp_path.iterdir()] == ["sales.csv"]


def test_what_is_written_is_what_is_returned(trained):
    forecast = pl.read_csv(trained.folder / "forecast.csv")
    backtest = pl.read_parquet(trained.folder / "backtest.parquet")
    scores = pl.read_csv(trained.folder / "scores.csv")

    assert forecast.columns == trained.forecast.columns
    assert (forecast["forecast"] / trained.forecast["forecast"] - 1).abs().max() < 1e-6
    assert backtest.equals(trained.backtest)
    assert scores.columns == ["model", "metric", "value"]
    assert sorted(path.name for path in trained.folder.iterdir()) == [
        ".forecast-rnn.json",
        "backtest.parquet",
        "forecast.csv",
        "model",
        "report.html",
        "scores.csv",
    ]


def test_the_report_has_the_verdict_and_the_command_but_no_clock(trained, sales_csv, tmp_path):
    again = api.train(sales_csv, horizon=7, config=CONFIG, out=tmp_path / "elsewhere")
    texts = [(run.folder / "report.html").read_text(encoding="utf-8") for run in (trained, again)]
    # The command says where it read and wrote, as it was told.
    pages = [
        text.replace(str(run.folder), "OUT").replace(str(run.folder.parent), "HERE")
        for text, run in zip(texts, (trained, again), strict=True)
    ]

    assert pages[0] == pages[1]
    assert trained.verdict.sentences[0] in pages[0]
    assert (
        "forecast-rnn train HERE/sales.csv --horizon 7 --out OUT --prior none --hidden-size 8"
        in pages[0]
    )


def test_a_frame_is_trained_on_as_a_file_is_and_nothing_is_written(trained, sales_csv):
    from_frame = api.train(pl.read_csv(sales_csv), horizon=7, config=CONFIG)

    assert from_frame.folder is None
    assert from_frame.forecast.equals(trained.forecast)


def test_rows_in_another_order_give_the_same_forecast(trained, sales_csv):
    shuffled = pl.read_csv(sales_csv).sample(fraction=1, shuffle=True, seed=1)

    other = api.train(shuffled, horizon=7, config=CONFIG)

    assert other.forecast.equals(trained.forecast)


def test_found_facts_are_told_before_training(sales_csv):
    told = []

    api.train(
        sales_csv,
        horizon=7,
        config=CONFIG,
        on_found=lambda findings, task: told.append((findings, task)),
        on_progress=lambda progress: told.append(progress.stage),
    )

    findings, task = told[0]
    assert findings.facts["target"] == "sales"
    assert (task.horizon, task.season_length) == (7, 7)
    assert told[1] != told[0]


def test_the_same_seed_gives_the_same_files_however_long_it_took(trained, tmp_path, monkeypatch):
    data = trained.folder.parent / "sales.csv"
    monkeypatch.setattr("forecast_rnn.api.job._since", lambda began: 12_345.6)

    again = api.train(data, horizon=7, config=CONFIG, out=tmp_path / "out")

    assert again.settings["seconds"] != trained.settings["seconds"]
    assert written_by(again) == written_by(trained)


def written_by(trained):
    """The files that hold what came of a training, by name."""
    names = ("forecast.csv", "scores.csv", "backtest.parquet", *_names_in(trained.folder / "model"))
    return {name: (trained.folder / name).read_bytes() for name in names}


def _names_in(folder):
    return sorted(str(path.relative_to(folder.parent)) for path in folder.iterdir())


def test_a_folder_of_something_else_is_left_alone(sales_csv, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("dear diary")

    with pytest.raises(OutputError, match="nothing was touched"):
        api.train(sales_csv, config=CONFIG, out=tmp_path / "mine")

    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


@pytest.mark.slow
def test_a_workbook_is_written_when_asked_for_and_else_none_is_left(sales_csv, tmp_path):
    books = []
    out = tmp_path / "out"
    for _ in range(2):
        trained = api.train(sales_csv, horizon=7, config=CONFIG, out=out, workbook=True)
        books.append((out / "forecast.xlsx").read_bytes())
    read = pl.read_excel(books[0], sheet_name="forecast", engine="calamine")
    api.train(sales_csv, horizon=7, config=CONFIG, out=out)

    assert books[0] == books[1]
    assert read["date"].dt.date().to_list() == trained.forecast["date"].str.to_date().to_list()
    assert not (out / "forecast.xlsx").exists()


def test_a_workbook_too_long_for_a_sheet_is_refused_before_training(
    sales_csv, tmp_path, monkeypatch
):
    monkeypatch.setattr(xlsx, "MOST_ROWS", 99)

    with pytest.raises(OutputError, match="100 rows and a sheet holds 99"):
        api.train(sales_csv, horizon=50, config=CONFIG, out=tmp_path / "out", workbook=True)

    assert not (tmp_path / "out").exists()


def test_training_again_into_the_same_folder_keeps_files_that_are_not_ours(sales_csv, tmp_path):
    for _ in range(2):
        api.train(sales_csv, horizon=7, config=CONFIG, out=tmp_path / "out")
        (tmp_path / "out" / "notes.txt").write_text("dear diary")

    assert (tmp_path / "out" / "notes.txt").read_text() == "dear diary"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"horizon": 0}, "horizon is 0"),
        ({"season": -1}, "season is -1"),
        ({"quantile_levels": (0.1, 0.9)}, "must hold 0.5"),
        ({"hints": Hints(frequency="moonth")}, "moonth"),
    ],
)
def test_what_cannot_be_is_refused_with_the_value_seen(sales_csv, arguments, message):
    with pytest.raises(ConfigError, match=message):
        api.train(sales_csv, config=CONFIG, **arguments)


def test_ids_that_a_spreadsheet_would_run_are_escaped_in_the_csv_and_this_is_said(
    sales_csv, tmp_path
):
    frame = pl.read_csv(sales_csv).with_columns(shop="=" + pl.col("shop"))

    trained = api.train(frame, horizon=7, config=CONFIG, out=tmp_path / "out")

    assert set(pl.read_csv(tmp_path / "out" / "forecast.csv")["shop"]) == {"'=north", "'=south"}
    assert set(trained.forecast["shop"]) == {"=north", "=south"}
    assert len(trained.warnings) == 1


def test_what_the_network_cannot_forecast_is_the_seasonal_naive_in_the_backtest_as_well(sales_csv):
    day = pl.col("date").str.to_date().dt.ordinal_day() - 1  # 0 to 139
    gap = (pl.col("shop") == "south") & day.is_between(60, 132)
    frame = pl.read_csv(sales_csv).with_columns(sales=pl.when(~gap).then("sales"))

    trained = api.train(frame, horizon=7, config=CONFIG)

    last = trained.backtest.filter(pl.col("shop") == "south", pl.col("cutoff") == "2024-05-12")
    by_model = last.partition_by("model", as_dict=True)
    network, naive = by_model[("network",)], by_model[("seasonal_naive",)]
    assert network["forecast"].to_list() == naive["forecast"].to_list()
    assert network.height == 7
    assert (network["q0.9"] > network["q0.1"]).all()
    assert trained.fallback == trained.missing == ()


def test_series_whose_end_is_empty_are_named_and_forecast_by_the_seasonal_naive(sales_csv):
    late = (pl.col("shop") == "south") & (pl.col("date") > "2024-03-01")
    frame = pl.read_csv(sales_csv).with_columns(sales=pl.when(~late).then("sales"))

    trained = api.train(frame, horizon=7, config=CONFIG)

    assert (trained.fallback, trained.missing) == (("south",), ())
    assert "1 series was forecast by the seasonal naive" in trained.warnings[-1]
    assert trained.forecast.null_count().sum_horizontal().item() == 0


@pytest.mark.slow
@pytest.mark.parametrize("head", HEADS)
def test_every_head_trains_tests_saves_and_forecasts(head, sales_csv, tmp_path):
    config = replace(CONFIG, head=head, members=2)

    trained = api.train(sales_csv, horizon=7, config=config, out=tmp_path / "out")

    assert trained.settings["head"] == head
    assert load(tmp_path / "out").predict().table.equals(trained.forecast)
    assert trained.forecast.null_count().sum_horizontal().item() == 0
    assert trained.verdict.errors["network"] > 0
    if head in COUNTS:
        assert trained.forecast.select(cs.integer()).width == 10


def test_counts_that_are_none_are_refused_before_training(sales_csv):
    frame = pl.read_csv(sales_csv).with_columns(
        sales=pl.when(pl.col("date") == "2024-03-01").then(-5).otherwise("sales")
    )

    with pytest.raises(DataError, match=r"series north has -5 at 2024-03-01, and 1 other value"):
        api.train(frame, config=replace(CONFIG, head="negative-binomial"))


@pytest.mark.slow
@pytest.mark.parametrize("head", VALUED)
def test_intervals_hold_what_they_say_on_counts_of_a_known_process(head):
    generator = np.random.default_rng(0)
    day = np.arange(150)
    mean = 20 * (1 + 0.5 * np.sin(2 * np.pi * day / 7))
    alpha = 0.0 if head == "poisson" else 0.1
    days = pl.date_range(pl.date(2024, 1, 1), pl.date(2024, 5, 29), "1d", eager=True)
    frame = pl.concat(
        pl.DataFrame({"name": f"s{name}", "day": days, "y": generator.poisson(mean * size)})
        for name in range(60)
        for size in [generator.gamma(1 / alpha, alpha, 150) if alpha else 1.0]
    )
    config = TrainConfig(prior="none", hidden_size=16, steps=150, members=1, head=head)

    trained = api.train(frame, horizon=7, config=config)

    network = trained.scores.filter(pl.col("model") == "network")
    coverage = network.filter(pl.col("metric") == "coverage_80")["value"].item()
    # Intervals of counts include both ends, so they hold some more.
    assert 0.73 < coverage < 0.88
