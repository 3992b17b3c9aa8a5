"""README, help and changelog agree with the program."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from forecast_rnn import __version__, errors
from forecast_rnn.cli import EPILOG, app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
PARAMETERS = [(command, parameter) for command in COMMANDS.values() for parameter in command.params]
TRANSCRIPTS = re.findall(r"```console\n(.*?)```", README, flags=re.DOTALL)
PROGRAMS = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
QUICK = {"STEPS": "20", "HIDDEN_SIZE": "8", "MEMBERS": "1", "THREADS": "1"}


def parameter_name(value: object) -> str | None:
    return getattr(value, "name", None)


def test_the_two_commands_stand_on_top():
    commands = re.findall(r"^python -m pip .*$", README, flags=re.MULTILINE)

    assert re.fullmatch(
        r"python -m pip install \. && forecast-rnn train datasets/\w+\.csv", commands[0]
    )
    assert commands[1] == 'python -m pip install -e ".[test]" && python -m pytest'
    assert (ROOT / commands[0].split()[-1]).is_file()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_is_in_the_readme(name):
    assert COMMANDS[name].help
    assert re.search(rf"^\| `{name}\b", README, flags=re.MULTILINE)


@pytest.mark.parametrize(("command", "parameter"), PARAMETERS, ids=parameter_name)
def test_every_option_has_help_and_is_in_the_readme(command, parameter):
    assert parameter.help
    for name in parameter.opts:
        assert not name.startswith("--") or f"`{name}`" in README


def test_every_exit_code_is_in_the_help_and_in_the_readme():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    codes = {kind.exit_code for kind in kinds if issubclass(kind, errors.ForecastRnnError)}

    for code in sorted(codes | {0, 2, 3, 70, 71, 74, 75, 77, 129, 130, 141, 143}):
        assert re.search(rf"\b{code}\b", EPILOG), code
        assert re.search(rf"^\| .*\b{code}\b.* \|", README, flags=re.MULTILINE), code


def test_the_changelog_has_the_version():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert f"## [{__version__}]" in changelog


def test_there_is_something_to_run():
    assert TRANSCRIPTS
    assert PROGRAMS


@pytest.fixture
def copy_of_datasets(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "datasets", tmp_path / "datasets")
    return tmp_path


@pytest.mark.slow
def test_the_commands_of_the_readme_run(copy_of_datasets):
    bin_folder = str(Path(sys.executable).parent)
    quick = {f"FORECAST_RNN_{name}": value for name, value in QUICK.items()}
    environment = os.environ | quick | {"PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}
    for command in re.findall(r"^\$ (.*)$", "".join(TRANSCRIPTS), flags=re.MULTILINE):
        result = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            cwd=copy_of_datasets,
            env=environment,
            capture_output=True,
            text=True,
        )

        # 141 is the rightful answer to a `head` that has enough.
        assert result.returncode in (0, 141), f"{command}\n{result.stderr}"


@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda text: text.splitlines()[0][:40])
def test_the_python_of_the_readme_runs(program, copy_of_datasets):
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=copy_of_datasets, capture_output=True, text=True
    )

    assert result.returncode == 0, result.stderr
