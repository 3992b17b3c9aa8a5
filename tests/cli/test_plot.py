import io
import shlex
import shutil
import sys
from os import terminal_size
from types import SimpleNamespace

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from forecast_rnn.cli import app
from forecast_rnn.cli.predict import predict
from tests.output.report.outcomes import TASK, outcome_of, waves
from tests.panels import panel_of


class Stream(io.TextIOWrapper):
    """A stream that may be a terminal."""

    def __init__(self, *, terminal: bool, encoding: str = "utf-8"):
        super().__init__(io.BytesIO(), encoding=encoding, newline="")
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    def text(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode(self.encoding)


@pytest.fixture(autouse=True)
def model(fake_model):
    outcome = outcome_of(panel_of(*waves(5)))
    prediction = SimpleNamespace(
        table=outcome.forecast, warnings=(), missing=(), patterns={}, panel=outcome.panel
    )
    fake_model.load = lambda path, device, threads: SimpleNamespace(
        predict=lambda data, future, strict: prediction, forecaster=SimpleNamespace(task=TASK)
    )


def run(command):
    return CliRunner().invoke(app, shlex.split(command))


def on(monkeypatch, *, out, err, columns=60, encoding="utf-8", **options):
    """Predict with streams that are terminals or not; return what they got."""
    streams = Stream(terminal=out), Stream(terminal=err, encoding=encoding)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(shutil, "get_terminal_size", lambda *_: terminal_size((columns, 30)))
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", streams[0])
        patch.setattr(sys, "stderr", streams[1])
        predict("folder", plot=True, **options)
    return [stream.text() for stream in streams]


def test_piped_pictures_are_plain_and_the_table_is_as_always():
    result = run("predict folder --plot")

    assert result.exit_code == 0
    assert result.stdout == run("predict folder").stdout
    assert "\x1b" not in result.stderr
    lines = result.stderr.splitlines()
    assert lines[0] == "a"
    assert [lines[at] for at in (15, 30)] == ["b", "c"]
    assert max(map(cell_len, lines)) <= 80
    assert lines[-2:] == [
        "⠒ history   ⠒ median   ░ 80% interval",
        "2 more series; --series NAME draws one of them.",
    ]


def test_named_series_are_drawn():
    result = run("predict folder --plot --series e --series b")

    lines = result.stderr.splitlines()
    assert (lines[0], lines[15]) == ("e", "b")
    assert "more series" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--plot --series x", "no series 'x' is forecast; choose from a, b, c, d, e."),
        ("--series a", "add --plot."),
        ("--plot --paths 3", "leave out one of them."),
    ],
)
def test_what_cannot_be_drawn_is_2(arguments, message):
    result = run(f"predict folder {arguments}")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(f"{message}\n")


def test_on_a_terminal_pictures_take_the_place_of_the_table(monkeypatch):
    table, pictures = on(monkeypatch, out=True, err=True)

    assert table == ""
    assert "\x1b[1;34m" in pictures


def test_the_table_is_shown_beside_if_a_format_is_asked_for(monkeypatch):
    table, _ = on(monkeypatch, out=True, err=True, format="csv")

    assert table.startswith("name,time,forecast")


def test_pictures_fit_the_terminal_and_need_no_braille(monkeypatch):
    for columns in (20, 33, 60, 117):
        _, pictures = on(monkeypatch, out=False, err=True, columns=columns, encoding="cp1252")
        plain = pictures.replace("\x1b[1;34m", "").replace("\x1b[34m", "").replace("\x1b[0m", "")

        lines = plain.splitlines()
        assert max(map(len, lines[:14])) == columns
        assert all(len(line) <= columns for line in lines)
        assert plain.isascii()
