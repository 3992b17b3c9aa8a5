"""`forecast-rnn datasets`: the small data sets that come with the program."""

import json as json_format
from pathlib import Path
from typing import Annotated

import typer

from forecast_rnn.cli.console import show_json, show_table, show_text
from forecast_rnn.cli.options import Debug, Json
from forecast_rnn.errors import no_such

Name = Annotated[
    str | None, typer.Argument(metavar="NAME", help="Print the path of this one only.")
]


def datasets(name: Name = None, *, json: Json = False, debug: Debug = False) -> None:
    """List the bundled data sets, or print the path of one."""
    folder = dataset_folder()
    entries = json_format.loads((folder / "index.json").read_text(encoding="utf-8"))
    if name is not None:
        print(_path(folder, name, [entry["name"] for entry in entries]))
    elif json:
        paths = ({"path": str(folder / f"{entry['name']}.csv")} for entry in entries)
        show_json([entry | path for entry, path in zip(entries, paths, strict=True)])
    else:
        header = ("name", "series", "rows", "frequency", "licence", "about")
        rows = ([entry[column] for column in header] for entry in entries)
        show_table(header, rows, numbers=("series", "rows"), result=True)
        show_text("\nforecast-rnn train $(forecast-rnn datasets NAME)")


def dataset_folder() -> Path:
    """Return the folder of the data sets: in the installed package, else in the checkout."""
    package = Path(__file__).parents[1]
    installed = package / "datasets"
    return installed if installed.is_dir() else package.parent / "datasets"


def _path(folder: Path, name: str, names: list[str]) -> Path:
    if name not in names:
        raise no_such("data set", name, names)
    return folder / f"{name}.csv"
