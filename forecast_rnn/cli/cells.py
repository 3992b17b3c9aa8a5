"""`forecast-rnn cells`: the recurrent cells with equations, parameters and paper."""

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
        gates = f"; gates: {', '.join(note.gates)}" if note.gates else ""
        rows += [(name, f"{note.title}{gates}")]
        rows += [("", f"  {line}") for line in note.equations]
        rows += [("", f"{note.parameters} parameters"), ("", note.paper), ("", "")]
    show_table(("cell", "what it computes"), rows[:-1], result=True)
