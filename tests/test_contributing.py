"""The map in CONTRIBUTING.md is the tree of the package, and its floors are those of imports."""

import re

import pytest

from tests.test_imports import FLOOR_OF, PACKAGE

TEXT = (PACKAGE.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([\w/.]+)` \| (-|[\d, ]+) \| .+ \|$", re.MULTILINE)
ROOMS = ROW.findall(TEXT.partition("## How it hangs together")[2].partition("\n## ")[0])
# Those with a word in capitals, such as cells/NAME.py, stand for any.
PATHS = [
    name
    for name in sorted(set(re.findall(r"`([\w/]+/[\w/.]*[\w/])`", TEXT)))
    if not re.search("[A-Z]{3}", name)
]


def rooms() -> list[str]:
    """Every folder of the package, and every module that stands beside them."""
    folders = (path for path in PACKAGE.rglob("*") if path.is_dir() and any(path.glob("*.*")))
    inner = [f"{path.relative_to(PACKAGE).as_posix()}/" for path in folders]
    modules = [path.name for path in PACKAGE.glob("*.py") if path.name != "__init__.py"]
    return [name for name in [*inner, *modules] if "__pycache__" not in name]


def room_of_entry(entry: str) -> str:
    """The folder or module of the map that an entry of the floors is about."""
    parts = entry.removesuffix(".*").split(".")
    if len(parts) > 1 and not PACKAGE.joinpath(*parts).is_dir():
        parts = parts[:-1]
    path = PACKAGE.joinpath(*parts)
    return f"{'/'.join(parts)}/" if path.is_dir() else f"{parts[0]}.py"


def test_every_room_has_one_entry_and_no_entry_is_of_what_there_is_not():
    assert sorted(name for name, _ in ROOMS) == sorted(rooms())


@pytest.mark.parametrize(("name", "floors"), ROOMS)
def test_a_room_stands_on_the_floors_that_imports_go_by(name, floors):
    entries = [entry for entry in FLOOR_OF if entry and room_of_entry(entry) == name]
    expected = ", ".join(map(str, sorted({FLOOR_OF[entry] for entry in entries})))

    assert floors == (expected or "-")


@pytest.mark.parametrize("name", PATHS)
def test_every_path_that_is_named_is_there(name):
    bases = (PACKAGE.parent, PACKAGE, PACKAGE / "neural")

    assert any((base / name).exists() for base in bases)
