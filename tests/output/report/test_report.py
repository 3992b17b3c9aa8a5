import base64
import hashlib
import json
import re
import time
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from forecast_rnn.config import Task
from forecast_rnn.output.report import report
from forecast_rnn.output.report.figures import training_figure
from forecast_rnn.output.report.pictures import MOST_BYTES
from tests.output.report.outcomes import CURVE, TRIALS, outcome_of, waves, with_names
from tests.panels import NAN, panel_of

VOID = {"meta", "link", "input", "br", "img"}
EVIL = (
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(2)>",
    "a\"'&{{ 7 * 7 }}",
    "left\u202etxt.exe",
    "東京 \U0001f5fc Ω\u2028",
)


class Page(HTMLParser):
    """Elements with their attributes and text, and whether tags are well nested."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[int, str] = {}
        self.open: list[tuple[str, int]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append((tag, len(self.elements) - 1))

    def handle_endtag(self, tag):
        name, _ = self.open.pop()
        assert name == tag

    def handle_data(self, data):
        for _, place in self.open:
            self.texts[place] = self.texts.get(place, "") + data

    def all(self, *tags: str) -> list[tuple[dict[str, str | None], str]]:
        return [
            (attributes, self.texts.get(place, ""))
            for place, (tag, attributes) in enumerate(self.elements)
            if tag in tags
        ]


def data_of(page: Page) -> dict:
    return json.loads(next(text for found, text in page.all("script") if found.get("type")))


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(report(replace(outcome_of(), trials=TRIALS)))


def test_tags_are_closed_in_order(page):
    assert page.open == []


def test_headings_begin_with_one_and_leave_none_out(page):
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]

    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_sections_tables_and_fields_have_names(page):
    ids = [found["id"] for _, found in page.elements if "id" in found]
    labels = {found.get("for") for found, _ in page.all("label")}

    assert len(ids) == len(set(ids))
    assert all(found["aria-labelledby"] in ids for found, _ in page.all("section"))
    assert len(page.all("caption")) == len(page.all("table"))
    assert all("scope" in found for found, _ in page.all("th"))
    assert {"search", "series"} <= labels
    assert all(text.strip() for _, text in page.all("h1", "h2", "title"))


def test_links_lead_inside_the_page(page):
    ids = {found["id"] for _, found in page.elements if "id" in found}

    for _, found in page.elements:
        assert "src" not in found
        assert "style" not in found
        assert not any(name.startswith("on") for name in found)
        target = found.get("href", "#title")
        assert target == "data:," or target[1:] in ids


def test_the_page_runs_only_its_own_script_and_style(page):
    policy = next(found["content"] for found, _ in page.all("meta") if found.get("http-equiv"))
    script = next(text for found, text in page.all("script") if not found)

    def known(text: str) -> str:
        digest = hashlib.sha256(text.encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"

    assert "default-src 'none'" in policy
    assert f"script-src {known(script)}" in policy
    assert f"style-src {known(page.all('style')[0][1])}" in policy
    assert len(page.all("script")) == 2


def test_text_of_users_is_shown_and_never_run():
    outcome = outcome_of(with_names(panel_of(*waves(len(EVIL))), EVIL))
    outcome = replace(outcome, title=EVIL[1], warnings=EVIL, facts={EVIL[0]: EVIL[1]})
    outcome = replace(outcome, command=EVIL[0], missing=EVIL)

    text = report(outcome)

    page = Page(text)
    names = [series["name"] for series in data_of(page)["pictures"]["series"]]
    assert names == [*EVIL[:3], "left\\u202etxt.exe", "東京 \U0001f5fc Ω\\u2028"]
    assert len(page.all("script")) == 2
    assert page.all("img") == []
    assert page.all("h1") != []
    assert "\u202e" not in text
    assert "<script>alert" not in text
    assert "a&#34;&#39;&amp;{{ 7 * 7 }}" in text


def test_the_same_outcome_gives_the_same_page_whatever_the_seconds():
    outcome = outcome_of()
    slower = replace(outcome, settings={**outcome.settings, "seconds": 99.0})

    assert report(outcome) == report(slower)


def test_verdict_scores_and_command_are_on_the_page(page):
    outcome = outcome_of()
    text = report(outcome)

    assert all(sentence.replace("'", "&#39;") in text for sentence in outcome.verdict.sentences)
    assert "forecast-rnn train waves.csv --seed 0" in text
    assert "2 rows are missing." in text
    assert "seasonal naive" in text
    assert '<span class="sr"> (best)</span>' in text


def test_without_a_backtest_there_are_forecasts_and_no_scores():
    text = report(outcome_of(windows=0))

    page = Page(text)
    assert "No verdict" in text
    assert data_of(page).keys().isdisjoint({"skill", "errors", "coverage", "race"})
    assert all(series["origins"] == [] for series in data_of(page)["pictures"]["series"])


def test_without_a_forecast_the_history_is_shown():
    page = Page(report(replace(outcome_of(), forecast=None)))

    assert data_of(page)["pictures"]["steps"] == 0
    assert any("History of" in text for _, text in page.all("h3"))


@pytest.mark.parametrize(
    "values",
    [
        [[5.0] * 30, [0.0] * 30],
        [[NAN] * 30, [1.0, 2.0] * 15],
        [[1e308, -1e308] * 15],
        [[1e-300, 2e-300] * 15],
        [[1.0]],
        [[1.0, NAN, NAN, 2.0] * 8],
    ],
    ids=["constant", "empty", "huge", "tiny", "one row", "gaps"],
)
def test_odd_values_make_a_page_too(values):
    task = Task(horizon=3, season_length=1, quantile_levels=(0.1, 0.5, 0.9))
    with np.errstate(all="ignore"):
        outcome = outcome_of(panel_of(*values), task)

    assert data_of(Page(report(outcome)))["pictures"]["series"]


def test_one_quantile_is_no_interval():
    task = Task(horizon=1, season_length=1, quantile_levels=(0.5,))

    page = Page(report(outcome_of(task=task)))

    assert data_of(page)["coverage"]["levels"] == [0.5]
    assert "bands" not in {found.get("class") for found, _ in page.all("li")}


def test_a_single_series_needs_no_choice():
    panel = panel_of(*waves(1))
    panel = replace(panel, schema=replace(panel.schema, item_id=()), items=pl.DataFrame())

    page = Page(report(outcome_of(panel)))

    assert page.all("select") == []
    assert [series["name"] for series in data_of(page)["pictures"]["series"]] == ["y"]


@pytest.mark.slow
def test_a_thousand_series_stay_small_and_quick():
    task = Task(horizon=28, season_length=7)
    names = [f"store {number:04d} / article" for number in range(1000)]
    values = np.random.default_rng(0).gamma(2.0, size=(1000, 400)).round(4)
    panel = replace(
        with_names(panel_of([0.0]), names),
        values=values.ravel(),
        indptr=np.arange(1001) * 400,
        starts=pl.Series("time", np.zeros(1000, dtype=np.int64)),
        order=np.arange(1000),
    )
    outcome = outcome_of(panel, task, windows=1)
    began = time.perf_counter()

    text = report(outcome)

    assert time.perf_counter() - began < 5
    assert len(text.encode()) < 2_000_000
    assert len(text.encode()) > MOST_BYTES / 2


def test_a_long_training_is_drawn_by_means_of_its_losses():
    figure = training_figure(CURVE)

    assert figure.data["steps"] == list(range(40, 4001, 40))
    assert figure.data["losses"][0] == pytest.approx((1 + 1 / 2 + 1 / 3 + 1 / 4) / 4)
    assert figure.words.startswith("The loss went from 0.5208 after 40 steps to 0.0025")
    assert len(figure.rows) == 20


@pytest.mark.parametrize("curve", [(), ((10, 1.0),), ((10, NAN), (20, 1.0))])
def test_a_curve_of_no_two_points_is_not_drawn(curve):
    assert training_figure(curve) is None


def test_settings_without_a_value_say_so():
    outcome = outcome_of()
    settings = {**outcome.settings, "dilation": (), "other": (1, 4)}

    page = Page(report(replace(outcome, settings=settings)))

    said = [text for text in page.texts.values()]
    assert {"none", "1, 4"} <= set(said)
