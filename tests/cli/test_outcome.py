import errno
import os
import signal
import sys

import pytest
import typer

from forecast_rnn.cli import outcome
from forecast_rnn.errors import BundleError, ConfigError, DataError, InputError, TrainingError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("x"), 2),
        (DataError("x"), 65),
        (InputError("x"), 66),
        (BundleError("x"), 78),
        (TrainingError("x"), 79),
        (OSError(errno.ENOSPC, "No space left on device"), 74),
        (OSError(errno.EIO, "Input/output error"), 74),
        (OSError("no number"), 74),
        (PermissionError(errno.EACCES, "Permission denied"), 77),
        (PermissionError(errno.EPERM, "Operation not permitted"), 77),
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), 66),
        (IsADirectoryError(errno.EISDIR, "Is a directory"), 66),
        (FileExistsError(errno.EEXIST, "File exists"), 73),
        (OSError(errno.EROFS, "Read-only file system"), 73),
        (OSError(errno.EMFILE, "Too many open files"), 71),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 141),
        (MemoryError(), 71),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: 8 bytes"), 71),
        (KeyboardInterrupt(), 130),
        (outcome.Stopped(signal.SIGTERM), 143),
        (outcome.Stopped(signal.SIGHUP), 129),
        (EOFError("end"), 70),
        (ValueError("a bug"), 70),
        (RuntimeError("a bug"), 70),
    ],
)
def test_every_error_has_its_exit_code(error, code):
    assert outcome.exit_code(error) == code


def test_our_errors_are_said_in_their_own_words(capsys):
    code = outcome.report(DataError("sales.csv: column 'y' is empty. Name another with --target."))

    assert code == 65
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == ("error: sales.csv: column 'y' is empty. Name another with --target.\n")


def test_a_system_error_names_the_file(capsys):
    outcome.report(FileNotFoundError(errno.ENOENT, "No such file or directory", "there.csv"))

    assert capsys.readouterr().err == "error: there.csv: No such file or directory.\n"


def test_a_bug_says_what_it_is_and_shows_no_traceback(capsys):
    outcome.report(ValueError("first line\nsecond line"))

    said = capsys.readouterr().err
    assert said.startswith("error: internal error: ValueError: first line. ")
    assert "Traceback" not in said
    assert "--debug" in said


def test_out_of_memory_names_a_way_out(capsys):
    outcome.report(MemoryError())

    assert "--batch-size" in capsys.readouterr().err


def test_a_closed_pipe_is_met_with_silence(capsys):
    code = outcome.report(BrokenPipeError(errno.EPIPE, "Broken pipe"))

    assert code == 141
    assert capsys.readouterr().err == ""


def test_a_panic_that_is_no_exception_is_caught():
    class PanicException(BaseException):
        pass

    def command() -> None:
        raise PanicException("index out of bounds")

    with pytest.raises(typer.Exit) as stop:
        outcome.guarded(command)()

    assert stop.value.exit_code == 70


def test_debug_shows_the_traceback(capsys):
    def command(*, debug: bool) -> None:
        raise ValueError("a bug")

    with pytest.raises(typer.Exit):
        outcome.guarded(command)(debug=True)

    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_a_guarded_command_keeps_its_signature():
    def command(path: str, *, debug: bool = False) -> None:
        """Do it."""

    assert outcome.guarded(command).__doc__ == "Do it."
    assert outcome.guarded(command).__wrapped__ is command


def test_an_exit_code_that_the_command_chose_stays():
    def command() -> None:
        raise typer.Exit(3)

    with pytest.raises(typer.Exit) as stop:
        outcome.guarded(command)()

    assert stop.value.exit_code == 3


def test_the_first_failure_wins_over_a_failing_flush(monkeypatch, tmp_path):
    class Full:
        def flush(self) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sys, "stdout", Full())

    assert outcome.finish(65) == 65
    assert outcome.finish(0) == 74


def test_code_one_means_that_the_pipe_was_closed():
    assert outcome.finish(1) == 141


def test_nohup_stays_deaf_to_hangups():
    before = {name: signal.getsignal(name) for name in (signal.SIGHUP, signal.SIGTERM)}
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        outcome.catch_signals()

        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        with pytest.raises(outcome.Stopped, match="SIGTERM"):
            os.kill(os.getpid(), signal.SIGTERM)
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def test_many_series_without_a_forecast_are_counted():
    assert outcome.missing_sentence(("a",)) == "1 series has no forecast: a."
    assert (
        outcome.missing_sentence(tuple("abcdefg")) == "7 series have no forecast: a, b, c, d, e, …."
    )
