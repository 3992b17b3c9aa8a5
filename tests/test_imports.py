"""Who imports whom: torch stays out until it is needed, and the layers hold."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import forecast_rnn

PACKAGE = Path(forecast_rnn.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
HEAVY = ("torch", "polars", "numpy", "sklearn", "pyarrow", "rich")

# What the files of a folder (or a file) may import from the package when they are loaded.
# The longest entry that fits a file counts; name tables and plain values may be read anywhere.
PLAIN = {"", "errors", "config", "progress", "memory", "atomic", "output", "data.schema"}
PLAIN |= {"neural.cells", "neural.heads"}
DATA = PLAIN | {"data"}
TABLES = DATA | {"tables"}
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "progress": set(),
    "memory": set(),
    "neural.cells": {"neural.cells"},
    "neural.heads": {"neural.heads"},
    "atomic": {"errors"},
    "config": {"errors", "neural.cells", "neural.heads"},
    "data": DATA,
    "tables": DATA,
    "profile": DATA,
    "baselines": TABLES | {"baselines"},
    "class_metrics": TABLES,
    "metrics": TABLES | {"class_metrics"},
    "backtest": TABLES,
    "calibration": {"errors"},
    "significance": TABLES | {"metrics"},
    "verdict": TABLES | {"metrics", "significance"},
    "class_verdict": TABLES | {"class_metrics", "metrics", "significance", "verdict"},
    "output": TABLES,
    "output.report": TABLES | {"class_metrics", "metrics", "verdict"},
    "output.workbook": TABLES | {"metrics", "verdict"},
    "neural": TABLES | {"neural", "baselines", "metrics", "backtest", "calibration"},
    "fallback": TABLES | {"baselines"},
    "newdata": TABLES | {"neural.transform"},
    "ahead": DATA,
    "reproduce": DATA,
    "contest": TABLES
    | {"neural", "backtest", "baselines", "calibration", "metrics", "model", "verdict"}
    | {"class_verdict"},
    "rolling": TABLES | {"ahead", "baselines", "contest", "metrics", "neural", "verdict"},
    "prediction": TABLES,
    "model": TABLES | {"neural", "fallback", "newdata", "ahead", "prediction"},
    "trained": TABLES | {"verdict"},
    "job": TABLES
    | {"neural", "baselines", "metrics", "backtest", "verdict", "fallback", "model"}
    | {"contest", "trained"},
    "api": TABLES | {"ahead", "baselines", "reproduce", "trained"},
    "compare": TABLES
    | {"compare", "ahead", "neural", "baselines", "metrics", "backtest", "contest"},
    "cli": PLAIN | {"cli"},
    "__main__": {"cli"},
}
# Third parties: only these folders may import them at the top of a file.
HOMES = {
    "torch": ("neural",),
    "safetensors": ("neural",),
    "typer": ("cli",),
    "rich": (),
    "xlsxwriter": (),
    "jinja2": (),
    "joblib": (),
    "sklearn": (),
    "scipy": (),
    "threadpoolctl": (),
    "statsforecast": (),
    "pyarrow": (),
    "fastexcel": (),
    "holidays": (),
}


def loaded_after(statement: str) -> set[str]:
    """Names of the modules in a fresh process after a statement."""
    program = f"import sys\n{statement}\nprint(*sys.modules, file=sys.stderr)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return set(result.stderr.split())


def run(*arguments: str) -> str:
    return f"import forecast_rnn.cli\nassert forecast_rnn.cli.main({list(arguments)}) == 0"


@pytest.mark.parametrize(
    "statement",
    ["import forecast_rnn", "import forecast_rnn.cli", run("--help"), run("train", "--help")],
    ids=["import forecast_rnn", "import cli", "--help", "train --help"],
)
def test_nothing_heavy_is_loaded_for_help(statement):
    assert loaded_after(statement).isdisjoint(HEAVY)


def test_help_does_without_the_checks_of_pydantic():
    assert "pydantic" not in loaded_after(run("--help"))


@pytest.mark.parametrize("command", ["cells", "datasets"])
def test_lists_load_no_torch(command):
    assert loaded_after(run(command)).isdisjoint({"torch", "polars", "numpy"})


def test_data_that_cannot_be_used_are_refused_without_torch(tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("ds,y\n2024-01-01,1\n2024-01-02,one\n")
    statement = (
        f"import forecast_rnn.cli\nassert forecast_rnn.cli.main(['train', {str(bad)!r}]) == 65"
    )

    assert "torch" not in loaded_after(statement)


def test_the_test_would_see_torch():
    assert "torch" in loaded_after("import forecast_rnn.neural.network.network")


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports_at_the_top(path: Path) -> set[str]:
    """Modules that a file imports when it is loaded, not inside functions or for types only."""
    names: set[str] = set()
    nodes: list[ast.stmt] = list(ast.parse(path.read_text(encoding="utf-8")).body)
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names |= {_resolved(node.module or "", alias.name) for alias in node.names}
        elif isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.unparse(node.test):
            nodes += node.body + node.orelse
        elif isinstance(node, ast.Try):
            nodes += node.body + node.orelse + node.finalbody
    return names


def _resolved(module: str, name: str) -> str:
    """`from package import module` imports the module."""
    inner = PACKAGE.parent.joinpath(*module.split("."), name)
    is_module = inner.with_suffix(".py").exists() or (inner / "__init__.py").exists()
    return f"{module}.{name}" if module.startswith("forecast_rnn") and is_module else module


def entry_for(name: str, table: dict[str, set[str]]) -> str:
    fitting = [entry for entry in table if name == entry or name.startswith(f"{entry}.")]
    return max(fitting, key=len)


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_layers_hold(path):
    name = module_name(path)
    if name in ("", "cli.outcome"):
        allowed = {"", "errors", "cli"}
    elif name.startswith(("neural.cells.", "neural.heads.")):
        allowed = ALLOWED["neural"]
    else:
        allowed = ALLOWED[entry_for(name, ALLOWED)]

    for imported in imports_at_the_top(path):
        if imported.split(".")[0] != "forecast_rnn":
            continue
        inner = imported.removeprefix("forecast_rnn").removeprefix(".")
        fits = inner in allowed or any(inner.startswith(f"{entry}.") for entry in allowed if entry)
        assert fits, f"{name} imports {imported}"


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_third_parties_stay_at_home(path):
    name = module_name(path)

    for imported in imports_at_the_top(path):
        homes = HOMES.get(imported.split(".")[0])
        assert homes is None or name.split(".")[0] in homes, f"{name} imports {imported}"


def test_commands_import_no_other_command():
    commands = {"train", "predict", "backtest", "compare", "inspect", "cells", "datasets"}
    for command in commands:
        imported = imports_at_the_top(PACKAGE / "cli" / f"{command}.py")

        assert not imported & {f"forecast_rnn.cli.{other}" for other in commands - {command}}


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_modules_and_functions_are_short(path):
    text = path.read_text(encoding="utf-8")

    assert text.count("\n") <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            documented = ast.get_docstring(node) is not None and len(node.body) > 1
            first = node.body[1 if documented else 0]
            assert (node.end_lineno or 0) - first.lineno < 40, f"{node.name} is too long"
