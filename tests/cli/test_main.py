"""The whole process: streams, signals, exit codes."""

import os
import signal
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from forecast_rnn import __version__, cli

PROGRAM = [sys.executable, "-m", "forecast_rnn"]


def test_version_is_printed():
    result = CliRunner().invoke(cli.app, ["--version"])

    assert (result.exit_code, result.stdout) == (0, f"forecast-rnn {__version__}\n")


def test_main_returns_the_exit_code(capsys):
    assert cli.main(["datasets", "nothing_like_it"]) == 2
    assert capsys.readouterr().err.startswith(
        "error: there is no data set 'nothing_like_it'; choose"
    )


@pytest.mark.parametrize(
    "arguments",
    [["trian"], ["train"], ["train", "--no-such-option"], ["train", "x", "--seed", "a"]],
)
def test_wrong_usage_is_2_with_a_hint(capsys, arguments):
    assert cli.main(arguments) == 2
    assert "Error:" in capsys.readouterr().err


def test_a_wrong_command_is_met_with_the_nearest(capsys):
    cli.main(["trian"])

    assert "Did you mean 'train', 'pretrain'?" in capsys.readouterr().err


def test_help_that_nobody_reads_is_141_and_silent():
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run([*PROGRAM, "--help"], stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)

    assert (result.returncode, result.stderr) == (141, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device that is always full")
@pytest.mark.parametrize("command", ["--help", "cells", "datasets"])
def test_a_full_disk_is_74(command):
    with open("/dev/full", "w") as full:
        result = subprocess.run([*PROGRAM, command], stdout=full, stderr=subprocess.PIPE, text=True)

    assert (result.returncode, result.stderr) == (74, "error: No space left on device.\n")


def test_without_standard_output_nothing_breaks():
    result = subprocess.run(
        ["sh", "-c", '"$0" -m forecast_rnn cells >&-', sys.executable],
        stderr=subprocess.PIPE,
        text=True,
    )

    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(("number", "code"), [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)])
def test_a_signal_ends_with_its_code_and_one_line(number, code):
    usual = "default_int_handler" if number == "SIGINT" else "SIG_DFL"
    program = (
        "import os, signal, time\n"
        "import forecast_rnn.cli as cli, forecast_rnn.cli.datasets as datasets\n"
        f"signal.signal(signal.{number}, signal.{usual})\n"  # nohup has SIGHUP ignored
        "def wait():\n"
        f"    os.kill(os.getpid(), signal.{number}); time.sleep(10)\n"
        "datasets.dataset_folder = wait\n"
        "raise SystemExit(cli.main(['datasets']))\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert result.returncode == code
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("error: ")


def test_signals_are_all_that_main_installs():
    before = signal.getsignal(signal.SIGINT)

    cli.main(["--version"])

    assert signal.getsignal(signal.SIGINT) is before
