import json
import math
import os
import pty
import subprocess
import sys

from forecast_rnn.cli import console


def test_warnings_are_lines_on_standard_error(capsys):
    console.show_warnings(["series 'a' is short.", "series 'b' is constant."])

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "warning: series 'a' is short.\nwarning: series 'b' is constant.\n"


def test_a_table_off_the_terminal_is_plain_and_whole(capsys):
    long_name = "x" * 300

    console.show_table(("series", "mean"), [(long_name, 1.5), ("b", 20000.0)], numbers=("mean",))

    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "series" + " " * 298 + "mean",
        long_name + "   1.500",
        "b" + " " * 301 + "20,000",
    ]


def test_markup_in_an_id_is_only_text(capsys):
    console.show_table(("series",), [("[bold red]a[/] :smile: http://b",)], result=True)

    assert capsys.readouterr().out.splitlines()[1] == "[bold red]a[/] :smile: http://b"


def test_facts_stand_in_two_columns(capsys):
    console.show_facts({"time": "date (daily)", "horizon": 28})

    assert capsys.readouterr().err == "time     date (daily)\nhorizon  28\n"


def test_text_keeps_its_paragraphs(capsys):
    console.show_text("one\n\ntwo", result=True)

    assert capsys.readouterr().out == "one\n\ntwo\n"


def test_json_has_null_for_what_is_no_number(capsys):
    console.show_json({"a": [1.5, math.nan, math.inf], "b": ("é",)})

    assert json.loads(capsys.readouterr().out) == {"a": [1.5, None, None], "b": ["é"]}


def test_no_bar_is_drawn_off_the_terminal(capsys):
    with console.progress_bar(quiet=False) as draw:
        draw(object())

    assert capsys.readouterr() == ("", "")


TALK = """
from forecast_rnn.cli import console
from forecast_rnn.progress import Progress
console.show_warnings(["a " * 30 + "long one."])
console.show_facts({"time": "date"})
with console.progress_bar(quiet=False) as draw:
    draw(Progress("training", 5, 10, 0.25))
"""


def on_a_terminal(program: str, **environment: str) -> str:
    """What a program writes to standard error when that is a terminal of 40 columns."""
    near, far = pty.openpty()
    settings = os.environ | {"TERM": "xterm", "COLUMNS": "40"} | environment
    settings = {name: value for name, value in settings.items() if value}
    try:
        subprocess.run([sys.executable, "-c", program], stderr=far, env=settings, check=True)
        return os.read(near, 100_000).decode()
    finally:
        os.close(near)
        os.close(far)


def test_a_terminal_gets_colour_wrapped_lines_and_a_bar():
    seen = on_a_terminal(TALK, NO_COLOR="")

    assert "\x1b[33m" in seen
    assert (
        max(len(line) for line in seen.splitlines() if "a a" in line and "\x1b" not in line) <= 40
    )
    assert "training" in seen
    assert "5/10" in seen
    assert "loss 0.2500" in seen


def test_no_color_is_respected():
    seen = on_a_terminal(TALK, NO_COLOR="1")

    assert "\x1b[33m" not in seen
    assert "5/10" in seen


def test_a_listed_line_is_wrapped_below_itself(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    console.show_error("two faults:\n  line 3: a fault that is told at length\n  line 4: odd")

    assert capsys.readouterr().err.splitlines() == [
        "error: two faults:",
        "  line 3: a fault that is told",
        "    at length",
        "  line 4: odd",
    ]


def test_the_next_command_is_one_line(capsys):
    console.show_next("forecast-rnn train " + "a" * 200 + "\x1b.csv")

    assert capsys.readouterr().err == "next  forecast-rnn train " + "a" * 200 + "\\x1b.csv\n"


def test_there_is_no_width_off_the_terminal(capsys, monkeypatch):
    assert console.width_of_result() is None

    monkeypatch.setenv("COLUMNS", "97")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    assert console.width_of_result() == 97
