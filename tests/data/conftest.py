"""Small files, written as people write them."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from forecast_rnn.data.files.table import Rows
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.read import Findings, read_panel

Read = Callable[..., tuple[Panel, Findings]]


def lines(
    rows: int, *, start: date = date(2024, 1, 1), items: tuple[str, ...] = ("a",)
) -> list[str]:
    """Return daily rows `id,date,number` of some series, without a header."""
    return [f"{item},{start + timedelta(day)},{day + 0.5}" for item in items for day in range(rows)]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a text as if it were a file; what is not a header comes under `id,ds,y`."""

    def run(
        text: str | bytes | list[str], hints: Hints | None = None, name: str = "data.csv"
    ) -> tuple[Panel, Findings]:
        if isinstance(text, list):
            text = "\n".join(["unique_id,ds,y", *text]) + "\n"
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_panel(path, hints or Hints())

    return run


@pytest.fixture
def column() -> Callable[[list[str]], Rows]:
    """Make a text column `y` as it comes out of a file."""

    def make(cells: list[str]) -> Rows:
        return Rows("data.csv", pl.DataFrame({"y": cells}), lambda row: f"line {row + 2}")

    return make
