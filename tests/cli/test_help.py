"""`forecast-rnn help`."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from forecast_rnn.cli import app
from forecast_rnn.cli.help import FOLDER, topics, wrapped

HEAVY = {"torch", "polars", "numpy", "rich", "pyarrow"}


def run(*arguments: str):
    return CliRunner().invoke(app, ["help", *arguments])


def test_without_a_topic_all_are_listed_with_what_they_are_about():
    lines = run().stdout.splitlines()

    assert [line.split()[0] for line in lines[: len(topics())]] == list(topics())
    assert all(len(line.split()) > 2 and len(line) <= 80 for line in lines[: len(topics())])
    assert "forecast-rnn help TOPIC" in lines[-1]


@pytest.mark.parametrize("topic", topics())
def test_a_page_goes_through_a_pipe_as_it_is(topic):
    result = run(topic)

    assert result.exit_code == 0
    assert result.stdout == (FOLDER / f"{topic}.md").read_text(encoding="utf-8")


def test_a_topic_may_be_written_as_its_file_is_named():
    assert run("Exit-Codes.md").stdout == run("exit-codes").stdout


def test_the_name_of_a_command_shows_its_help():
    result = run("train")

    assert result.exit_code == 0
    assert "--hidden-size" in result.stdout
    assert "Usage: " in result.stdout
    assert " train " in result.stdout


@pytest.mark.parametrize(("typed", "meant"), [("opitons", "options"), ("trian", "train")])
def test_a_topic_that_is_nearly_one_is_suggested(typed, meant):
    result = run(typed)

    assert result.exit_code == 2
    assert result.stderr == f"error: there is no topic '{typed}'; did you mean '{meant}'?\n"


def test_a_topic_that_is_like_none_brings_the_list():
    result = run("zzzz")

    assert result.exit_code == 2
    assert "choose from cells, cron, " in result.stderr


@pytest.mark.parametrize("topic", ["", "options", "nonsense"])
def test_nothing_heavy_is_loaded(topic):
    arguments = ["help", topic] if topic else ["help"]
    call = f"forecast_rnn.cli.main({arguments})"
    program = f"import sys, forecast_rnn.cli\n{call}\nprint(*sys.modules, file=sys.stderr)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert result.returncode == 0
    assert HEAVY.isdisjoint(result.stderr.split())


@pytest.mark.parametrize("width", [30, 80, 1000])
@pytest.mark.parametrize("topic", topics())
def test_wrapping_changes_nothing_but_white_space_and_leaves_code_alone(topic, width):
    page = (FOLDER / f"{topic}.md").read_text(encoding="utf-8")

    lines = list(wrapped(page, width))

    assert "\n".join(lines).split() == page.split()
    for block in page.split("```")[1::2]:
        assert block in "\n".join(lines)


@pytest.mark.parametrize("topic", topics())
def test_lines_of_text_fit_a_terminal(topic):
    page = (FOLDER / f"{topic}.md").read_text(encoding="utf-8")
    code = "".join(page.split("```")[1::2]).splitlines()

    assert not [line for line in wrapped(page, 80) if len(line) > 80 and line not in code]


def test_items_go_on_under_their_first_word_and_rows_are_indented():
    page = "- one two three four five six\n- seven\n\n| a | b c d e f g h i j k |\n"

    assert list(wrapped(page, 20)) == [
        "- one two three four",
        "  five six",
        "- seven",
        "",
        "| a | b c d e f g h",
        "    i j k |",
    ]


def test_a_numbered_item_keeps_its_number_and_paragraphs_stay_apart():
    page = "one\ntwo\n\nthree\n\n1. four\n   five\n2. six\n"

    assert list(wrapped(page, 80)) == ["one two", "", "three", "", "1. four five", "2. six"]
