"""The recurrent cells by name; `forecast-rnn cells` lists them without loading torch."""

from dataclasses import dataclass

CELLS = {
    "elman": "elman:Elman",
    "lstm": "lstm:LSTM",
    "gru": "gru:GRU",
}


@dataclass(frozen=True, slots=True)
class CellNote:
    """What a reader wants to know of a cell.

    Attributes:
        title: Its full name.
        gates: Its gates, as the paper names them.
        equations: One line each; x is the input, h the state before, h' the state after.
        parameters: How many numbers it learns, of C inputs and D hidden_size.
        paper: Authors, year and address.
    """

    title: str
    gates: tuple[str, ...]
    equations: tuple[str, ...]
    parameters: str
    paper: str


CELL_NOTES = {
    "elman": CellNote(
        title="simple recurrent network",
        gates=(),
        equations=("h' = tanh(W x + b + U h + c)",),
        parameters="D·(C + D + 2)",
        paper="Elman (1990), https://doi.org/10.1207/s15516709cog1402_1",
    ),
    "lstm": CellNote(
        title="long short-term memory",
        gates=("input i", "forget f", "output o"),
        equations=(
            "i, f, o = σ(W x + b + U h + c), each with weights of its own",
            "g = tanh(W x + b + U h + c)",
            "s' = f ∘ s + i ∘ g",
            "h' = o ∘ tanh(s')",
        ),
        parameters="4·D·(C + D + 2)",
        paper="Hochreiter and Schmidhuber (1997), https://doi.org/10.1162/neco.1997.9.8.1735; "
        "forget gate: Gers et al. (2000), https://doi.org/10.1162/089976600300015015",
    ),
    "gru": CellNote(
        title="gated recurrent unit",
        gates=("reset r", "update z"),
        equations=(
            "r, z = σ(W x + b + U h + c), each with weights of its own",
            "g = tanh(W x + b + r ∘ (U h + c))",
            "h' = z ∘ h + (1 - z) ∘ g",
        ),
        parameters="3·D·(C + D + 2)",
        paper="Cho et al. (2014), https://arxiv.org/abs/1406.1078",
    ),
}
