"""README, reference pages, help and changelog agree with the program and with each other."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from forecast_rnn import __version__, errors
from forecast_rnn.baselines import BASELINES
from forecast_rnn.cli import EPILOG, app
from forecast_rnn.evaluation.class_metrics import CLASS_METRICS
from forecast_rnn.evaluation.value_metrics import METRICS
from forecast_rnn.neural.cells import CELLS
from forecast_rnn.neural.heads import HEADS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "forecast_rnn" / "docs"
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*.md"))}
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md"), *ROOT.glob("datasets/*.md")])
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
PARAMETERS = [(command, parameter) for command in COMMANDS.values() for parameter in command.params]
EXAMPLES = {"README": README, **PAGES}
QUICK = {"STEPS": "20", "HIDDEN_SIZE": "8", "MEMBERS": "1", "THREADS": "1"}


def parameter_name(value: object) -> str | None:
    return getattr(value, "name", None)


def relative(path: object) -> str:
    return str(path.relative_to(ROOT)) if isinstance(path, Path) else str(path)


def blocks(language: str) -> dict[str, list[str]]:
    """Blocks of code of each document, those without any left out."""
    found = {
        name: re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)
        for name, text in EXAMPLES.items()
    }
    return {name: parts for name, parts in found.items() if parts}


TRANSCRIPTS = blocks("console")
PROGRAMS = [program for parts in blocks("python").values() for program in parts]


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
def test_every_option_has_help_and_is_on_its_page(command, parameter):
    assert parameter.help
    for name in parameter.opts + parameter.secondary_opts:
        assert not name.startswith("-") or f"`{name}`" in PAGES["options"], command.name


def test_the_page_of_options_has_none_that_no_command_takes():
    known = {name for _, one in PARAMETERS for name in one.opts + one.secondary_opts}
    known |= {"--help", "--version", "--install-completion", "--show-completion"}

    assert set(re.findall(r"`(--?[a-z][a-z-]*)[` ]", PAGES["options"])) <= known


@pytest.mark.parametrize("page", PAGES)
def test_no_page_speaks_of_an_option_that_there_is_not(page):
    known = {name for _, one in PARAMETERS for name in one.opts + one.secondary_opts}
    known |= {"--help", "--version", "--install-completion", "--show-completion"}

    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", PAGES[page])) <= known


def test_every_exit_code_is_in_the_help_and_on_its_page():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    codes = {kind.exit_code for kind in kinds if issubclass(kind, errors.ForecastRnnError)}

    for code in sorted(codes | {0, 2, 3, 70, 71, 74, 75, 77, 129, 130, 141, 143}):
        assert re.search(rf"\b{code}\b", EPILOG), code
        assert re.search(rf"^\| [\d, ]*\b{code}\b.* \|", PAGES["exit-codes"], re.MULTILINE), code


@pytest.mark.parametrize("name", [*BASELINES, *METRICS, *CLASS_METRICS])
def test_every_baseline_and_metric_is_on_the_page_of_evaluation(name):
    assert re.search(rf"`{name}(_80)?`", PAGES["evaluation"])


@pytest.mark.parametrize("name", CELLS)
def test_every_cell_is_on_its_page(name):
    assert f"`{name}`" in PAGES["cells"]


@pytest.mark.parametrize("name", HEADS)
def test_every_head_is_on_its_page(name):
    assert f"`{name}`" in PAGES["heads"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=relative)
def test_every_relative_link_leads_somewhere(path):
    text = path.read_text(encoding="utf-8")

    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert re.match("https?:|#", target) or (path.parent / target.split("#")[0]).exists(), (
            target
        )


@pytest.mark.parametrize("name", PAGES)
def test_the_readme_leads_to_every_page(name):
    assert f"](forecast_rnn/docs/{name}.md)" in README


def test_the_readme_is_short():
    assert len(re.sub(r"```.*?```", "", README, flags=re.DOTALL).split()) <= 800


def test_the_changelog_has_the_version():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert f"## [{__version__}]" in changelog


def test_there_is_something_to_run():
    assert len(TRANSCRIPTS) > 1
    assert PROGRAMS


@pytest.fixture
def copy_of_datasets(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "datasets", tmp_path / "datasets")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_the_commands_of_a_document_run(name, copy_of_datasets):
    bin_folder = str(Path(sys.executable).parent)
    quick = {f"FORECAST_RNN_{name}": value for name, value in QUICK.items()}
    environment = os.environ | quick | {"PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}
    for command in re.findall(r"^\$ (.*)$", "".join(TRANSCRIPTS[name]), flags=re.MULTILINE):
        # Trainings of tests are quick without a prior; a forecast without training rests on one.
        environment["FORECAST_RNN_PRIOR"] = "none" if " train " in command else "auto"
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
def test_the_programs_of_the_pages_run(program, copy_of_datasets):
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=copy_of_datasets, capture_output=True, text=True
    )

    assert result.returncode == 0, result.stderr
