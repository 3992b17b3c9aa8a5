import re

import numpy as np
import polars as pl
import pytest
from rich.cells import cell_len

from forecast_rnn.config import Task
from forecast_rnn.errors import ConfigError
from forecast_rnn.output.plot import ASCII, BRAILLE, Curve, curves, draw, legend, signs_for
from tests.output.report.outcomes import TASK, outcome_of, waves, with_names
from tests.panels import NAN, panel_of

HILL = np.array([0, 2, 4, 6, 8, 10, 8, 6, 4, 2, 0], dtype=float)
AHEAD = np.array([[1, 2, 3], [2, 4, 6], [3, 6, 9]], dtype=float)
TIMES = ("1", "12", "14")


def picture(curve, signs=ASCII, width=33):
    return [line.text for line in draw(curve, width=width, signs=signs)]


def test_a_known_series_in_ascii():
    assert picture(Curve("hill", HILL, AHEAD, TIMES)) == [
        "hill",
        "10.00 +          *               ",
        "      |         * *             :",
        "      |        *   *            :",
        "      |       *    **          ::",
        "      |      *      *         ::o",
        " 5.00 +     *        *        :o:",
        "      |    *          *      :o::",
        "      |   *            *    :o:::",
        "      |  *              *   o::: ",
        "      | *                * o::   ",
        " 0.00 +*                  o:     ",
        "      +---------------------+----",
        "       1                   12  14",
    ]


def test_a_known_series_in_braille():
    assert picture(Curve("hill", HILL, AHEAD, TIMES), BRAILLE) == [
        "hill",
        "10.00 ┤         ⢠⢣               ",
        "      │        ⢠⠃ ⢣             ░",
        "      │       ⢀⠇   ⢇            ░",
        "      │      ⢠⠃    ⠈⡆          ░░",
        "      │     ⢀⠇      ⠸⡀         ░⡰",
        " 5.00 ┤    ⢀⠎        ⠱⡀       ░⡰⠁",
        "      │    ⡎          ⢱      ░⢰⠁░",
        "      │   ⡜            ⢣     ⢠⠃░░",
        "      │  ⡎              ⢱   ⢰⠁░  ",
        "      │ ⡜                ⢣ ⢠⠃░   ",
        " 0.00 ┤⡜                  ⢣⠃     ",
        "      └─────────────────────┴────",
        "       1                   12  14",
    ]


def test_marks_say_what_each_character_is_of():
    lines = draw(Curve("hill", HILL, AHEAD, TIMES), width=33, signs=ASCII)

    kinds = {"*": "h", "o": "m", ":": "i"}
    for line in lines[1:-2]:
        assert line.marks == "".join(kinds.get(character, " ") for character in line.text)


def test_missing_values_leave_gaps_and_a_lonely_one_is_a_dot():
    history = np.array([1, 2, NAN, NAN, 6, NAN, 1, NAN])

    lines = picture(Curve("gap", history, AHEAD, ("1", "9", "11")), width=17)

    # No numbers fit here: eleven rows in sixteen columns, of which these hold values.
    columns = {at for line in lines[1:-2] for at, sign in enumerate(line) if sign == "*"}
    places = [1 + np.floor(row * 1.5 + 0.5) for row in (0, 1, 4, 6)]
    assert columns == {1, 2, *places}
    # After a missing value the forecast does not begin at it.
    begin = min(at for line in lines[1:-2] for at, sign in enumerate(line) if sign in "o:")
    assert begin == 1 + np.floor(8 * 1.5 + 0.5)


def test_a_constant_series_is_a_line_in_the_middle():
    lines = picture(Curve("flat", np.full(5, 7.0), np.full((2, 3), 7.0), ("1", "6", "7")))

    assert [line for line in lines[1:12] if "*" in line or "o" in line] == [
        "7.00 +*****************oooooooooo"
    ]
    assert lines[1].startswith("7.70 +")
    assert lines[11].startswith("6.30 +")


def test_one_step_is_a_line_from_the_last_value():
    lines = picture(Curve("one", np.array([4.0, 4.0]), np.array([[3.0, 4.0, 5.0]]), TIMES))

    middle = lines[1 + 5]
    assert middle.endswith("o")
    assert middle.count("o") == 14
    assert lines[1].count(":") == 2
    assert lines[-2].endswith("+")


def test_a_series_without_history_is_only_a_forecast():
    text = "".join(picture(Curve("new", np.array([]), AHEAD, ("1", "1", "3")))[1:-2])

    assert "*" not in text
    assert "o" in text


@pytest.mark.parametrize("name", ["shop", "東京の店の売上とその他の名前", "a" * 200, "x\x1b[31my"])
@pytest.mark.parametrize("signs", [BRAILLE, ASCII])
def test_no_line_is_wider_than_asked_for(name, signs):
    curve = Curve(name, 1e9 * HILL, 1e9 * AHEAD, ("2024-01-01 00:00",) * 3)

    for width in range(1, 130):
        for line in draw(curve, width=width, signs=signs):
            assert cell_len(line.text) <= width
            assert len(line.marks) == len(line.text)
            assert line.text.isprintable()


def test_more_rows_than_dots_keep_their_peaks():
    history = np.zeros(5000)
    history[3210] = 9.0

    lines = picture(Curve("long", history, np.zeros((9, 3)), TIMES), width=60)

    assert "*" in lines[1]


def test_ascii_is_for_streams_that_cannot_show_braille():
    assert signs_for("utf-8") is BRAILLE
    assert signs_for("UTF8") is BRAILLE
    assert signs_for("cp1252") is ASCII
    assert signs_for("ascii") is ASCII
    assert signs_for(None) is ASCII
    assert signs_for("no such encoding") is ASCII


def test_the_first_series_with_a_forecast_are_drawn_or_those_named():
    outcome = outcome_of(with_names(panel_of([NAN] * 9, *waves(5)), list("nabcde")))
    table, panel = outcome.forecast, outcome.panel

    assert [curve.name for curve in curves(table, panel, TASK)] == ["a", "b", "c"]
    assert [curve.name for curve in curves(table, panel, TASK, ["e", "b"])] == ["e", "b"]
    with pytest.raises(ConfigError, match=re.escape("no series 'n' is forecast; choose from a, b")):
        curves(table, panel, TASK, ["n"])


def test_a_curve_is_the_end_of_the_history_and_the_forecast():
    outcome = outcome_of(panel_of(*waves(1)))

    curve = curves(outcome.forecast, outcome.panel, TASK)[0]

    assert curve.history.tolist() == outcome.panel.values[-24:].tolist()
    columns = outcome.forecast.select("q0.1", "forecast", "q0.9").to_numpy()
    assert curve.ahead.tolist() == columns.tolist()
    assert curve.times == ("16", "40", "43")


def test_columns_behind_the_quantiles_change_nothing():
    outcome = outcome_of(panel_of(*waves(1)))
    marked = outcome.forecast.with_columns(model=pl.lit("network"))

    curve = curves(marked, outcome.panel, TASK)[0]

    assert curve.ahead.tolist() == curves(outcome.forecast, outcome.panel, TASK)[0].ahead.tolist()


def test_the_legend_names_the_interval_if_there_is_one():
    assert legend(TASK).text == "⠒ history   ⠒ median   ░ 80% interval"
    single = Task(horizon=1, season_length=1, quantile_levels=(0.5,))
    assert legend(single, ASCII).text == "* history   o median"
    assert len(legend(TASK).text) == len(legend(TASK).marks)
