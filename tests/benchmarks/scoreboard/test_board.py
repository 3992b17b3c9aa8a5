"""Runs of the whole board, with a small program in the place of the command."""

import sys

import pytest

from tests.benchmarks.scoreboard import __main__ as board_main
from tests.benchmarks.scoreboard.made import board, program
from tests.benchmarks.scoreboard.records import load

GOOD = {"a": [1.0, 2.0, 4.0, 8.0, 9.0, 7.0]}
BROKEN = {"broken": [1.0, 2.0, 4.0, 8.0, 9.0, 7.0]}


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    return board(folder, {"one": (GOOD, 4), "bad": (BROKEN, 4), "two": (GOOD, 4)})


@pytest.fixture
def run(place, monkeypatch, tmp_path):
    """Run the board with arguments; return its exit code and what its program was given so far."""
    path = program(tmp_path)

    def running(*arguments: str) -> tuple[int, list[str]]:
        given = ["scoreboard", str(place), "--program", f"{sys.executable} {path}"]
        given += ["--out", str(tmp_path / "results.jsonl"), *arguments]
        monkeypatch.setattr(sys, "argv", given)
        code = board_main.main()
        return code, path.with_suffix(".runs").read_text().splitlines()

    return running


def sets_in(folder) -> list[str]:
    return [key.name for key in load(folder / "results.jsonl")]


def test_a_set_that_fails_stops_no_other(run, tmp_path, capsys):
    code, runs = run()

    assert code == 1
    assert sets_in(tmp_path) == ["one", "two"]
    assert "no: cannot read it" in capsys.readouterr().err
    assert len(runs) == 3


def test_a_second_run_runs_what_is_not_done(run):
    run("--sets", "one")

    code, runs = run("--sets", "one,two")

    assert code == 0
    assert len(runs) == 2


def test_done_sets_are_run_again_if_asked(run):
    run("--sets", "one")

    _, runs = run("--sets", "one", "--again")

    assert len(runs) == 2


def test_the_command_is_given_the_horizon_and_nothing_else(run):
    _, (words,) = run("--sets", "one")

    assert words.split()[:3] == ["--horizon", "2", "--out"]
    assert len(words.split()) == 4


def test_the_page_is_printed_and_kept(run, tmp_path, capsys):
    run("--sets", "one")

    kept = (tmp_path / "results.md").read_text()

    assert "| one " in kept
    assert capsys.readouterr().out == kept


def test_a_variant_stands_apart(run, tmp_path):
    run("--sets", "one")

    _, runs = run("--sets", "one", "--variant", "wide", "--", "--hidden-size", "64")

    assert runs[1].endswith("--hidden-size 64")
    assert [key.variant for key in load(tmp_path / "results.jsonl")] == ["", "wide"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--sets", "three"], "no set 'three'; choose from one, bad, two"),
        (["--variant", "wide"], "--variant names"),
        (["--", "--seed", "1"], "--variant names"),
    ],
)
def test_what_makes_no_sense_is_refused(run, arguments, words):
    with pytest.raises(SystemExit, match=words):
        run(*arguments)
