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

# Rooms by floor, the lowest first: a file may import its own room and rooms of lower floors.
# The longest entry that fits a file counts; `.*` is what is in a package beside its name table.
GROUND = (
    "",
    "errors",
    "fields",
    "kinds",
    "progress",
    "data.words",
    "neural.cells",
    "neural.cells.*",
    "neural.heads",
)
GROUND = (*GROUND, "neural.scaling", "neural.optimizer")
FLOORS: tuple[tuple[str, ...], ...] = (
    GROUND,
    ("config", "system", "data.hints", "data.faults", "data.time", "prior", "neural.runtime"),
    (
        *("tables", "data.schema", "data.files", "neural.heads.*", "neural.parallel"),
        "prior.simulator",
    ),
    ("data.columns",),
    ("data.series",),
    ("data.panels",),
    ("data.read", "baselines", "evaluation", "neural.network", "output"),
    ("forecasting", "output.report", "neural.pretraining"),
    ("neural.inference", "output.workbook"),
    ("neural.fitting", "neural.bundle"),
    ("api",),
    ("api.compare",),
    ("cli",),
    ("__main__",),
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
# The command line loads the work inside its functions, so that --help stays fast.
AT_THE_TOP_OF_CLI = {
    "",
    "cli",
    "config",
    "errors",
    "fields",
    "system",
    "data.hints",
    "data.schema",
    "output",
}
AT_THE_TOP_OF_CLI |= {"neural.cells", "neural.heads"}
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


@pytest.mark.slow
def test_a_forecast_without_training_loads_no_torch(tmp_path):
    data, out = tmp_path / "sales.csv", tmp_path / "out"
    data.write_text("day,sales\n" + "".join(f"{day},{day % 7}\n" for day in range(60)))
    forecast, predict = (
        run(*words)
        for words in (
            ("forecast", str(data), "--out", str(out), "--quiet", "--prior", "auto"),
            ("predict", str(out), str(data)),
        )
    )

    assert "torch" not in loaded_after(f"{forecast}\n{predict}")


def test_a_forecast_to_standard_output_loads_what_it_takes_and_no_more(tmp_path):
    data = tmp_path / "sales.csv"
    data.write_text("day,sales\n" + "".join(f"{day},{day % 7}\n" for day in range(60)))
    heavy = {"torch", "sklearn", "scipy", "pyarrow", "rich", "jinja2", "joblib", "pydantic"}

    statement = run("forecast", str(data), "--out", "-", "--prior", "auto")
    assert loaded_after(statement).isdisjoint(heavy)


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


def room_of(name: str) -> str:
    """The room of a module: the longest entry of `FLOORS` that fits."""
    if f"{name.rpartition('.')[0]}.*" in FLOOR_OF:
        return f"{name.rpartition('.')[0]}.*"
    fitting = [room for room in FLOOR_OF if name == room or name.startswith(f"{room}.")]
    return max(fitting, key=len)


def rooms_imported(path: Path) -> dict[str, str]:
    """The rooms that a file imports when it is loaded, each with a module of it."""
    names = [name.removeprefix("forecast_rnn") for name in imports_at_the_top(path)]
    inner = [name.removeprefix(".") for name in names if not name or name.startswith(".")]
    inner = [name for name in inner if name not in ("data", "neural")]  # names of submodules follow
    return {room_of(name): name for name in inner}


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_no_file_imports_a_room_above_its_own_or_beside_it(path):
    name = module_name(path)
    if name in ("data", "neural"):
        assert not rooms_imported(path)
        return
    own = room_of(name)

    for room, module in rooms_imported(path).items():
        below = FLOOR_OF[room] < FLOOR_OF[own]
        assert room == own or below, f"{name} on floor {FLOOR_OF[own]} imports {module}"
        assert own != "cli" or room in AT_THE_TOP_OF_CLI, f"{name} imports {module}"


def test_every_floor_is_needed():
    stands_on: dict[str, set[str]] = {room: set() for room in FLOOR_OF}
    for path in FILES:
        if module_name(path) not in ("data", "neural"):
            stands_on[room_of(module_name(path))] |= rooms_imported(path).keys()

    for room, floor in FLOOR_OF.items():
        below = {FLOOR_OF[other] for other in stands_on[room] - {room}}
        assert floor == 0 or floor - 1 in below or room == "cli", f"{room} could stand lower"


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_third_parties_stay_at_home(path):
    name = module_name(path)

    for imported in imports_at_the_top(path):
        homes = HOMES.get(imported.split(".")[0])
        assert homes is None or name.split(".")[0] in homes, f"{name} imports {imported}"


def test_commands_import_no_other_command():
    commands = {
        "train",
        "forecast",
        "predict",
        "backtest",
        "compare",
        "inspect",
        "cells",
        "datasets",
    }
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
