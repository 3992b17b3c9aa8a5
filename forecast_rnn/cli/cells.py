"""`forecast-rnn cells`: the recurrent cells with equations, parameters and paper."""

import textwrap
from dataclasses import asdict

from forecast_rnn.cli.console import show_json, show_table
from forecast_rnn.cli.options import Debug, Json
from forecast_rnn.neural.cells import CELL_NOTES


def cells(*, json: Json = False, debug: Debug = False) -> None:
    """List the recurrent cells: equations, parameters, paper.

    In the equations x is the input, h the state before and h' the state after the step,
    and ∘ multiplies elementwise. Parameters are counted for C inputs and D hidden size.
    """
    if json:
        show_json({name: asdict(note) for name, note in CELL_NOTES.items()})
        return
    rows: list[tuple[str, str]] = []
    for name, note in CELL_NOTES.items():
        rows.append((name, note.title))
        lines = [f"gates: {', '.join(note.gates)}"] if note.gates else []
        lines += [f"  {line}" for line in note.equations]
        lines += [f"{note.parameters} parameters", *_wrapped(note.paper), ""]
        rows += [("", line) for line in lines]
    show_table(("cell", "what it computes"), rows[:-1], result=True)


def _wrapped(text: str) -> list[str]:
    """Return lines that fit beside a name in 80 columns."""
    parts = [f"{part};" for part in text.split("; ")]
    parts[-1] = parts[-1][:-1]
    wrap = textwrap.TextWrapper(64, break_long_words=False, break_on_hyphens=False)
    return [line for part in parts for line in wrap.wrap(part)]
