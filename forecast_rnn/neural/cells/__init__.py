"""The recurrent cells by name; `forecast-rnn cells` lists them without loading torch."""

from dataclasses import dataclass

CELLS = {
    "elman": "elman:Elman",
    "elman-relu": "elman:ElmanRelu",
    "elman-sigmoid": "elman:ElmanSigmoid",
    "textbook": "textbook:Textbook",
    "lstm": "lstm:LSTM",
    "peephole-lstm": "peephole_lstm:PeepholeLSTM",
    "gru": "gru:GRU",
    "mingru": "mingru:MinGRU",
    "minlstm": "minlstm:MinLSTM",
    "rglru": "rglru:RGLRU",
    "slstm": "slstm:SLSTM",
    "mlstm": "mlstm:MLSTM",
}


@dataclass(frozen=True, slots=True)
class CellNote:
    """What a reader wants to know of a cell.

    Attributes:
        title: Its full name.
        gates: Its gates, as the paper names them.
        equations: One line each; x is the input, h the state before, h' the state after, b a
            bias, β another where inputs and state have one each, and c a memory beside h.
        parameters: How many numbers it learns, of C inputs and D hidden_size.
        paper: Authors, year and address.
    """

    title: str
    gates: tuple[str, ...]
    equations: tuple[str, ...]
    parameters: str
    paper: str


_ELMAN = "Elman (1990), https://doi.org/10.1207/s15516709cog1402_1"
_LSTM = "Hochreiter and Schmidhuber (1997), https://doi.org/10.1162/neco.1997.9.8.1735"
_MINIMAL = "Feng et al. (2024), https://arxiv.org/abs/2410.01201"
_XLSTM = "Beck et al. (2024), https://arxiv.org/abs/2405.04517"

CELL_NOTES = {
    "elman": CellNote(
        title="simple recurrent network",
        gates=(),
        equations=("h' = tanh(W x + U h + b)",),
        parameters="D·(C + D + 1)",
        paper=_ELMAN,
    ),
    "elman-relu": CellNote(
        title="simple recurrent network with ReLU",
        gates=(),
        equations=("h' = max(0, W x + U h + b), U starts at the identity",),
        parameters="D·(C + D + 1)",
        paper=f"{_ELMAN}; start: Le et al. (2015), https://arxiv.org/abs/1504.00941",
    ),
    "elman-sigmoid": CellNote(
        title="simple recurrent network with the logistic function",
        gates=(),
        equations=("h' = σ(W x + U h + b)",),
        parameters="D·(C + D + 1)",
        paper=_ELMAN,
    ),
    "textbook": CellNote(
        title="cell that tutorials print as the LSTM, errors included",
        gates=("output o",),
        equations=(
            "c~ = tanh(W x + U h + b), as printed: computed, never used,",
            "     so that U does not learn",
            "c' = σ(W x + V c + b), with the same W and b as c~",
            "o = σ(W x + U h + b), with weights of its own",
            "h' = o ∘ tanh(c')",
        ),
        parameters="D·(2·C + 3·D + 2)",
        paper=f"none; what is meant is lstm, {_LSTM}",
    ),
    "lstm": CellNote(
        title="long short-term memory",
        gates=("input i", "forget f", "output o"),
        equations=(
            "i, f, o = σ(W x + b + U h + β), each with weights of its own",
            "g = tanh(W x + b + U h + β)",
            "c' = f ∘ c + i ∘ g",
            "h' = o ∘ tanh(c')",
        ),
        parameters="4·D·(C + D + 2)",
        paper=f"{_LSTM}; "
        "forget gate: Gers et al. (2000), https://doi.org/10.1162/089976600300015015",
    ),
    "peephole-lstm": CellNote(
        title="long short-term memory whose gates see the memory",
        gates=("input i", "forget f", "output o"),
        equations=(
            "i, f = σ(W x + U h + p ∘ c + b), each with weights of its own",
            "z = tanh(W x + U h + b)",
            "c' = f ∘ c + i ∘ z",
            "o = σ(W x + U h + p ∘ c' + b)",
            "h' = o ∘ tanh(c')",
        ),
        parameters="4·D·(C + D + 1) + 3·D",
        paper="Gers and Schmidhuber (2000), https://doi.org/10.1109/IJCNN.2000.861302",
    ),
    "gru": CellNote(
        title="gated recurrent unit, reset after the product",
        gates=("reset r", "update z"),
        equations=(
            "r, z = σ(W x + b + U h + β), each with weights of its own",
            "g = tanh(W x + b + r ∘ (U h + β)),",
            "    where the paper resets the state first: U (r ∘ h)",
            "h' = z ∘ h + (1 - z) ∘ g",
        ),
        parameters="3·D·(C + D + 2)",
        paper="Cho et al. (2014), https://arxiv.org/abs/1406.1078",
    ),
    "mingru": CellNote(
        title="gated recurrent unit whose gate reads the input alone",
        gates=("update z",),
        equations=(
            "z = σ(W x + b)",
            "h~ = W x + b",
            "h' = (1 - z) ∘ h + z ∘ h~",
        ),
        parameters="2·D·(C + 1)",
        paper=_MINIMAL,
    ),
    "minlstm": CellNote(
        title="long short-term memory whose gates read the input alone",
        gates=("forget f", "input i"),
        equations=(
            "f, i = σ(W x + b), each with weights of its own",
            "h~ = W x + b",
            "h' = f / (f + i) ∘ h + i / (f + i) ∘ h~",
        ),
        parameters="3·D·(C + 1)",
        paper=_MINIMAL,
    ),
    "rglru": CellNote(
        title="real-gated linear recurrent unit, of Griffin",
        gates=("recurrence r", "input i"),
        equations=(
            "r, i = σ(W x + b), each with weights of its own",
            "a = σ(Λ)^(8 r)",
            "u = W x + b",
            "h' = a ∘ h + √(1 - a²) ∘ i ∘ u",
        ),
        parameters="3·D·(C + 1) + D",
        paper="De et al. (2024), https://arxiv.org/abs/2402.19427",
    ),
    "slstm": CellNote(
        title="long short-term memory with exponential gates, of xLSTM",
        gates=("input i", "forget f", "output o"),
        equations=(
            "i = exp(W x + R h + b)",
            "f, o = σ(W x + R h + b), each with weights of its own",
            "z = tanh(W x + R h + b)",
            "c' = f ∘ c + i ∘ z",
            "n' = f ∘ n + i",
            "h' = o ∘ c' / n'",
        ),
        parameters="4·D·(C + D + 1)",
        paper=_XLSTM,
    ),
    "mlstm": CellNote(
        title="long short-term memory with a matrix as memory, of xLSTM",
        gates=("input i", "forget f", "output o"),
        equations=(
            "q, v = W x + b, k = (W x + b) / √D, with weights of their own",
            "i = exp(w·x + b), f = σ(w·x + b), o = σ(W x + b)",
            "S' = f S + i v kᵀ, a memory of D × D",
            "n' = f n + i k",
            "h' = o ∘ S' q / max(|n'ᵀ q|, 1)",
        ),
        parameters="(4·D + 2)·(C + 1)",
        paper=_XLSTM,
    ),
}
