"""Rolling origins: which windows there are, and that none of them is looked into ahead of time."""

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from forecast_rnn.api.backtest import backtest
from forecast_rnn.config import TrainConfig
from forecast_rnn.data.hints import Hints
from forecast_rnn.errors import ConfigError, DataError, OutputError
from forecast_rnn.system.processes import Processes
from tests.shops import promotion

CONFIG = TrainConfig(prior="none", steps=20, hidden_size=8, members=1, threads=1)
START = date(2024, 1, 1)
DAYS = 70
LAST_CUTOFF = START + timedelta(days=DAYS - 1 - 7)
BASELINES = ("naive", "ridge")
BASELINES_THAT_LEARN = ("ridge", "gradient_boosting")


def sales(days: int = DAYS, shops: tuple[str, ...] = ("north", "south", "east")) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "shop": shop,
                "day": START + timedelta(days=day),
                "sales": 100.0 + 20 * number + 10 * (day % 7) + 7 * promotion(number, day),
            }
            for number, shop in enumerate(shops)
            for day in range(days)
        ]
    )


def rolled(frame: pl.DataFrame, **options: object):
    usual = {"horizon": 7, "season": 7, "windows": 3, "config": CONFIG, "baselines": BASELINES}
    return backtest(frame, **(usual | options))


def of_last_cutoff(frame: pl.DataFrame, **options: object) -> pl.DataFrame:
    """Forecasts of three shops from the last cutoff, without what came true."""
    table = rolled(frame, **options).table
    table = table.filter(pl.col("shop").is_in(["north", "south", "east"]))
    return table.filter(pl.col("cutoff") == LAST_CUTOFF).drop("actual")


@pytest.fixture(scope="module")
def plain():
    return rolled(sales())


def test_every_window_of_every_series_is_forecast_by_every_model(plain):
    cutoffs = [LAST_CUTOFF - timedelta(days=7 * back) for back in (2, 1, 0)]

    assert plain.windows == 3
    assert plain.table["cutoff"].unique().sort().to_list() == cutoffs
    assert plain.table["model"].unique(maintain_order=True).to_list() == [
        *("network", "seasonal_naive", "naive", "ridge"),
    ]
    assert plain.table.height == 4 * 3 * 3 * 7
    assert plain.table["actual"].null_count() == 0


def test_what_came_true_stands_beside_its_forecast(plain):
    frame = sales().rename({"sales": "known"})

    joined = plain.table.join(frame, on=["shop", "day"], how="left")

    assert (joined["actual"] == joined["known"]).all()
    assert (joined["day"] - joined["cutoff"]).dt.total_days().equals(joined["step"].cast(pl.Int64))


def test_windows_may_overlap(plain):
    found = rolled(sales(), windows=4, step=2)

    cutoffs = [LAST_CUTOFF - timedelta(days=2 * back) for back in (3, 2, 1, 0)]
    assert found.table["cutoff"].unique().sort().to_list() == cutoffs


CHANGES = {
    "altered": lambda frame, late: frame.with_columns(
        sales=pl.when(late).then(-1e6).otherwise("sales")
    ),
    "missing": lambda frame, late: frame.with_columns(
        sales=pl.when(late).then(None).otherwise("sales")
    ),
    "dropped of other series": lambda frame, late: frame.filter(
        ~(late & (pl.col("shop") != "north"))
    ),
    "huge of other series": lambda frame, late: frame.with_columns(
        sales=pl.when(late & (pl.col("shop") == "south")).then(1e12).otherwise("sales")
    ),
    "another series after it": lambda frame, late: pl.concat(
        [frame, frame.filter(late & (pl.col("shop") == "east")).with_columns(shop=pl.lit("west"))]
    ),
}


@pytest.mark.slow
# Without a calendar there is nothing to choose, and all networks are trained at once.
@pytest.mark.parametrize(
    "options",
    [{"refit": False}, {"refit": True}, {"config": replace(CONFIG, calendar=False, threads=2)}],
)
@pytest.mark.parametrize("change", CHANGES)
def test_targets_after_a_cutoff_change_no_forecast_of_it(change, options):
    frame = sales()
    late = pl.col("day") > LAST_CUTOFF
    keep = pl.DataFrame({"shop": ["north"], "day": [frame["day"].max()], "sales": [1.0]})
    changed = CHANGES[change](frame, late)
    if change == "missing":
        # The newest time stays, or the cutoffs would be others.
        changed = pl.concat([changed.filter(pl.col("sales").is_not_null()), keep])

    expected = of_last_cutoff(frame, windows=2, **options)
    found = of_last_cutoff(changed, windows=2, **options)

    wanted = expected.join(found, on=["model", "shop", "day"], how="semi", maintain_order="left")
    assert found.height > 0
    assert found.filter(pl.col("shop") == "north").height == 4 * 7
    assert found.equals(wanted)


@pytest.mark.slow
@pytest.mark.parametrize("refit", [False, True])
@pytest.mark.parametrize("name", ["alone", "west"])
def test_a_series_that_starts_between_two_cutoffs_changes_no_forecast_of_the_earlier(name, refit):
    frame, first = sales(), LAST_CUTOFF - timedelta(days=14)
    later = frame.filter((pl.col("shop") == "east") & (pl.col("day") > first + timedelta(days=3)))
    later = later.with_columns(shop=pl.lit(name), sales=1e4 * pl.col("sales"))
    options = {"windows": 2, "step": 14, "refit": refit, "baselines": BASELINES_THAT_LEARN}

    tables = [rolled(some, **options).table for some in (frame, pl.concat([frame, later]))]

    expected, found = (table.filter(pl.col("cutoff") == first) for table in tables)
    assert expected.height == 4 * 3 * 7
    assert found.equals(expected)


def test_with_refit_later_networks_have_seen_more(plain):
    again = rolled(sales(), refit=True)

    first = pl.col("cutoff") == LAST_CUTOFF - timedelta(days=14)
    assert again.table.filter(first).equals(plain.table.filter(first))
    network = pl.col("model") == "network"
    late = ~first & network
    assert not again.table.filter(late).equals(plain.table.filter(late))
    naive = pl.col("model").is_in(["naive", "seasonal_naive"])
    assert (
        again.table.filter(naive)
        .sort("model", "shop", "day")
        .equals(plain.table.filter(naive).sort("model", "shop", "day"))
    )


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 3])
def test_refits_are_the_same_for_any_number_of_processes(count, monkeypatch):
    monkeypatch.setattr("forecast_rnn.api.refits._WORTH_A_PROCESS", 1)
    told = []

    expected = rolled(sales(), refit=True)
    found = rolled(
        sales(), refit=True, processes=Processes(count), on_progress=lambda now: told.append(now)
    )

    assert found.table.equals(expected.table)
    assert [(now.done, now.total) for now in told[-2:]] == [(20, 40), (40, 40)]


def test_scores_by_step_and_by_series_average_to_the_whole(plain):
    overall = plain.scores.filter(pl.col("metric") == "mae")
    by_series = plain.series.group_by("model", maintain_order=True).agg(pl.col("mae").mean())
    by_step = plain.steps.group_by("model", maintain_order=True).agg(pl.col("mae").mean())

    assert plain.series["shop"].unique(maintain_order=True).to_list() == ["north", "south", "east"]
    assert plain.steps["step"].unique().sort().to_list() == [1, 2, 3, 4, 5, 6, 7]
    for found in (by_series, by_step):
        joined = overall.join(found, on="model")
        assert joined["value"].to_list() == pytest.approx(joined["mae"].to_list())


def test_a_series_that_ended_early_has_fewer_windows_and_the_same_cutoffs(plain):
    frame = sales()
    ended = (pl.col("shop") == "east") & (pl.col("day") > LAST_CUTOFF - timedelta(days=3))

    found = rolled(frame.filter(~ended)).table

    of_east = found.filter((pl.col("shop") == "east") & (pl.col("model") == "network"))
    assert of_east["cutoff"].unique().sort().to_list() == [
        LAST_CUTOFF - timedelta(days=14),
        LAST_CUTOFF - timedelta(days=7),
    ]
    # Of the second window three of seven days came true.
    assert of_east["actual"].null_count() == 3


def test_classes_are_scored_as_values_are():
    config = TrainConfig(
        prior="none", steps=20, hidden_size=8, members=1, threads=1, head="direction"
    )

    found = rolled(sales(), config=config, refit=True, windows=2)

    network = found.scores.filter(pl.col("model") == "network")
    assert 0 <= network.filter(pl.col("metric") == "accuracy")["value"].item() <= 1
    assert found.table["actual"].is_in(["down", "up"]).all()
    assert found.steps["step"].n_unique() == 7


def test_files_are_written_and_another_backtest_may_replace_them_but_no_other_folder(tmp_path):
    folder = tmp_path / "out"

    first = rolled(sales(), out=folder, windows=1)
    rolled(sales(), out=folder, windows=1, format="csv")

    assert sorted(path.name for path in folder.iterdir()) == [
        ".forecast-rnn.json",
        "backtest.csv",
        "backtest.parquet",
        "scores-by-series.csv",
        "scores-by-step.csv",
        "scores.csv",
    ]
    assert pl.read_parquet(folder / "backtest.parquet").equals(first.table)
    assert pl.read_csv(folder / "backtest.csv", try_parse_dates=True).height == first.table.height
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="nothing was touched"):
        rolled(sales(), out=tmp_path / "mine")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"windows": 0}, ConfigError, "windows is 0"),
        ({"step": 0}, ConfigError, "step is 0"),
        ({"windows": 20}, DataError, "too short for 20 windows of 7 steps"),
        ({"baselines": ("oracle",)}, ConfigError, "no baseline 'oracle'"),
        ({"format": "xml"}, ConfigError, "no format 'xml'"),
        ({"hints": Hints(target=("turnover",))}, DataError, "turnover"),
    ],
)
def test_what_cannot_be_is_refused_with_the_value_seen(options, error, message):
    with pytest.raises(error, match=message):
        rolled(sales(), **options)


@pytest.mark.parametrize("refit", [False, True])
def test_the_verdict_says_of_intervals_what_the_scores_do(refit):
    # One series ends early, so that a mean over rows is not the mean over series.
    frame = sales().filter((pl.col("shop") != "east") | (pl.col("day") < LAST_CUTOFF))

    found = rolled(frame, refit=refit)

    network = (pl.col("model") == "network") & (pl.col("metric") == "coverage_80")
    share = found.scores.filter(network)["value"].item()
    said = found.verdict.sentences[-1]
    assert said.startswith(f"The network's 80% interval held {100 * share:.0f}% of what came true")
    assert ("before it was calibrated" in said) is not refit
