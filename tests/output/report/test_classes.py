"""The report of a training on classes."""

import json
import re
from dataclasses import replace

import numpy as np
import polars as pl

from forecast_rnn.config import Task
from forecast_rnn.evaluation.class_verdict import class_verdict
from forecast_rnn.evaluation.metrics import scores
from forecast_rnn.output.report import Outcome, report
from forecast_rnn.output.report.content import content
from forecast_rnn.output.report.evidence import evidence_of
from tests.output.report.outcomes import TRIALS, outcome_of

TASK = Task(horizon=4, season_length=2, quantile_levels=(), classes=2)


def class_backtest(windows: int = 30) -> pl.DataFrame:
    """Pretend a backtest of two classes: the network is right more often than it is not."""
    generator = np.random.default_rng(0)
    steps = np.arange(4 * windows)
    actual = generator.integers(1, 3, len(steps)).astype(float)
    frames = []
    for model, share in (("network", 0.8), ("climatology", 0.5), ("seasonal_naive", 0.6)):
        is_right = generator.random(len(steps)) < share
        forecast = np.where(is_right, actual, 3 - actual)
        up = np.where(forecast == 2, 0.75, 0.25)
        known = [None] * len(steps)
        columns = {"p_down": known, "p_up": known}
        if model != "seasonal_naive":
            columns = {"p_down": 1 - up, "p_up": up}
        window = {"item": 0, "origin": steps // 4, "cutoff": steps // 4, "step": steps % 4 + 1}
        frame = {"model": model, **window, "forecast": forecast, "actual": actual} | columns
        frames.append(pl.DataFrame(frame, schema_overrides=dict.fromkeys(columns, pl.Float64)))
    return pl.concat(frames)


def class_outcome(tested: pl.DataFrame) -> Outcome:
    """Pretend a training on two classes."""
    found, outcome = class_verdict(tested, TASK), outcome_of()
    return replace(
        outcome,
        task=TASK,
        forecast=None,
        evidence=evidence_of(tested, outcome.panel, TASK, found),
        scores=scores(tested, TASK),
        verdict=found,
        trials=TRIALS,
    )


def test_classes_have_accuracy_and_reliability_and_no_pictures_of_values():
    words, data = content(class_outcome(class_backtest()))

    assert set(words["figures"]) == {"race", "skill", "reliability"}
    assert [column.label for column in words["columns"]] == [
        "accuracy",
        "log loss",
        "Brier score",
        "calibration error",
    ]
    assert words["columns"][0].best == (True, False, False)
    assert [tile[0] for tile in words["tiles"]][:2] == ["Right class", "Log loss"]
    assert data["pictures"] == {"series": []}
    assert "quantiles" not in words["settings"]


def test_the_errors_by_step_are_shares_of_wrong_classes():
    outcome = class_outcome(class_backtest())

    _, data = content(outcome)

    rows = class_backtest().filter(pl.col("model") == "network", pl.col("step") == 2)
    wrong = (rows["forecast"] != rows["actual"]).mean()
    assert data["skill"]["network"][1] == float(f"{wrong:.6g}")


def test_the_page_says_what_the_verdict_says_and_nothing_of_quantiles():
    outcome = class_outcome(class_backtest())

    page = report(outcome)

    text = re.sub(r"<(style|script).*?</\1>", "", page, flags=re.DOTALL)
    assert outcome.verdict.sentences[0] in text
    assert "Are the probabilities right?" in text
    assert "share of wrong classes is below that of the seasonal naive" in text
    for word in ("quantile", "interval", "median", "MASE"):
        assert word not in text
    data = re.search(r'id="data">(.*?)</script>', page, flags=re.DOTALL)[1]
    assert json.loads(data)["reliability"]["titles"][0] == "probability of the class"


def test_a_backtest_without_rows_makes_a_page_all_the_same():
    outcome = class_outcome(class_backtest().clear())

    assert "No verdict" in report(outcome)
