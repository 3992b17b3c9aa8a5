"""The report as a browser shows it; skipped where there is no Chromium."""

import re
from dataclasses import replace

import pytest

from forecast_rnn.output.report import report
from tests.output.report.browser import Browser, browser_path
from tests.output.report.outcomes import CURVE, TASK, TRIALS, outcome_of, waves, with_names
from tests.panels import panel_of

NAMES = ("north", "south", "<b>east</b>", "west side", "center")
CHARTS = ("forecast", "backtest", "skill", "errors", "coverage", "race", "training")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(browser_path() is None, reason="there is no Chromium to show the page"),
]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    outcome = outcome_of(with_names(panel_of(*waves(len(NAMES))), NAMES))
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(report(replace(outcome, trials=TRIALS, curve=CURVE)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser():
    with Browser(browser_path() or "") as browser:
        yield browser


@pytest.fixture
def page(browser, path):
    browser.events.clear()
    browser.open(path)
    return browser


def shown(page) -> str:
    return page.run("document.querySelector('#forecasts ~ figure .current').textContent")


def test_nothing_is_asked_of_the_network_and_nothing_goes_wrong(page, path):
    kinds = [event["method"] for event in page.events]
    asked = [
        event["params"]["request"]["url"]
        for event in page.events
        if event["method"] == "Network.requestWillBeSent"
    ]

    assert "Runtime.exceptionThrown" not in kinds
    assert "Runtime.consoleAPICalled" not in kinds
    assert "Log.entryAdded" not in kinds
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]


def test_every_picture_is_drawn_and_said(page):
    for name in CHARTS:
        width, height, marks, label = page.run(
            f"(() => {{ const svg = document.querySelector('#{name}-chart svg');"
            "const { width, height } = svg.getBoundingClientRect();"
            "const marks = svg.querySelectorAll('path, rect, circle').length;"
            "return [width, height, marks, svg.getAttribute('aria-label')]; })()"
        )

        assert min(width, height) > 200, name
        assert marks > 0, name
        assert len(label) > 20, name
    assert "NaN" not in page.run("document.querySelector('main').innerHTML")


@pytest.mark.parametrize("width", [400, 760, 1200])
def test_nothing_sticks_out_at_any_width(browser, path, width):
    browser.open(path, width=width)

    assert browser.run("document.documentElement.scrollWidth <= document.body.clientWidth")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_the_first_screen_holds_picture_sentence_and_trust(browser, path, width, height):
    browser.open(path, width=width)

    for what in ("#forecast-words", "#forecast-chart svg", "#trust"):
        top, bottom = browser.run(
            f"(() => {{ const box = document.querySelector('{what}').getBoundingClientRect();"
            "return [box.top, box.bottom]; })()"
        )
        assert 0 < top < bottom <= height, what


def test_the_forecast_is_said_and_can_be_copied_as_a_table(page):
    words = page.run("document.getElementById('forecast-words').textContent")
    rows = page.run("tableText(document.getElementById('forecast-table'))").splitlines()

    assert re.fullmatch(
        r"Next 4 steps \(40 to 43\): y from [\d.]+ to [\d.]+, [\d.]+ in total; "
        r"80% intervals from [\d.]+ to [\d.]+\.",
        words,
    )
    assert rows[0].split("\t") == ["time", "median", "80% from", "to"]
    assert [row.split("\t")[0] for row in rows[1:]] == ["40", "41", "42", "43"]
    for row in rows[1:]:
        median, low, high = map(float, row.split("\t")[1:])
        assert low <= median <= high


def test_the_total_of_the_sentence_is_that_of_the_table(page):
    words = page.run("document.getElementById('forecast-words').textContent")
    rows = page.run("tableText(document.getElementById('forecast-table'))").splitlines()[1:]

    total = float(words.split(", ")[1].split()[0])
    # The sentence has four digits, the table five.
    assert sum(float(row.split("\t")[1]) for row in rows) == pytest.approx(total, rel=1e-3)


def test_a_series_is_found_and_walked_to_with_the_keyboard(page):
    assert shown(page) == "north"
    before = page.run("document.querySelector('#forecast-chart .accent').getAttribute('d')")

    page.run("document.getElementById('search').focus()")
    page.press("s", "t")

    options = page.run("[...document.getElementById('series').options].map((one) => one.text)")
    assert options == ["<b>east</b>", "west side"]
    assert shown(page) == "<b>east</b>"
    page.press("ArrowDown")
    assert shown(page) == "west side"
    after = page.run("document.querySelector('#forecast-chart .accent').getAttribute('d')")
    assert before != after
    page.run("document.getElementById('search').select()")
    page.press("Tab", "ArrowDown")
    assert page.run("document.activeElement.id") == "series"


def test_a_list_leads_to_its_series(page):
    page.run("document.querySelector('button[data-item=\"3\"]').click()")

    assert shown(page) == "west side"
    assert page.run("document.getElementById('series').value") == "3"


def test_a_forecast_that_is_not_the_networks_says_so(page, tmp_path):
    outcome = outcome_of(with_names(panel_of(*waves(2)), ("own", "other")))
    path = tmp_path / "marked.html"
    path.write_text(report(replace(outcome, fallback=("other",))), encoding="utf-8")
    page.open(path)
    words = "document.getElementById('series-scores').textContent"

    own = page.run(words)
    page.run("document.getElementById('next').click()")

    assert own.startswith("In the backtest: ")
    assert page.run(words).startswith("This forecast is the seasonal naive's, not the network's. ")


def test_many_windows_of_a_backtest_are_turned_like_pages(page, tmp_path):
    task = replace(TASK, horizon=100)
    path = tmp_path / "long.html"
    outcome = outcome_of(panel_of(*waves(1, rows=1000)), task, windows=5)
    path.write_text(report(outcome), encoding="utf-8")
    page.open(path)
    words = "document.getElementById('page').textContent"

    seen = [page.run(words)]
    for _ in range(2):
        page.run("document.getElementById('earlier').click()")
        seen.append(page.run(words))

    assert seen == [f"forecasts {part} of 5" for part in ("4 to 5", "2 to 3", "1 to 2")]
    assert page.run("document.getElementById('earlier').disabled")
    assert not page.run("document.getElementById('later').disabled")


def test_arrow_keys_read_the_values_of_a_picture(page):
    page.run("document.querySelector('#forecast-chart svg').focus()")
    page.press("End")

    tip = page.run("document.querySelector('#forecast-chart .tip').innerText")
    assert tip.splitlines()[:2] == ["43", "median"]
    assert page.run("document.getElementById('said').textContent").startswith("43, median ")


def test_the_theme_follows_the_system_until_it_is_chosen(browser, path):
    paper = "getComputedStyle(document.body).backgroundColor"
    browser.open(path, dark=True)
    dark = browser.run(paper)
    browser.open(path, dark=False)
    light = browser.run(paper)

    browser.run("localStorage.clear()")
    browser.run("document.getElementById('theme').click()")  # light
    browser.run("document.getElementById('theme').click()")  # dark
    chosen = browser.run(paper)
    browser.open(path, dark=False)

    assert light == "rgb(255, 255, 255)"
    assert dark == chosen == browser.run(paper) != light
    browser.run("localStorage.clear()")


def test_paper_is_light_and_has_every_picture(page):
    page.call("Emulation.setEmulatedMedia", media="print")
    page.run("dispatchEvent(new Event('beforeprint'))")

    widths = page.run(
        "[...document.querySelectorAll('svg')].map((one) => one.viewBox.baseVal.width)"
    )
    assert sorted(set(widths)) == [340, 680]
    assert page.run("getComputedStyle(document.getElementById('theme')).display") == "none"
    page.run("dispatchEvent(new Event('afterprint'))")
    page.call("Emulation.setEmulatedMedia", media="")
