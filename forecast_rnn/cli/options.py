"""The options that commands share beside the fields of `Hints` and `TrainConfig`.

An option that belongs to reading data or to networks is a field there; here is what several
commands take and hand on by itself.
"""

from pathlib import Path
from typing import Annotated

import typer

from forecast_rnn.fields import DATA, EVALUATION, MODEL, OUTPUT, Option
from forecast_rnn.output import WRITERS


def in_order(levels: tuple[float, ...]) -> tuple[float, ...]:
    """Return quantile levels sorted, as a task takes them."""
    return tuple(sorted(levels))


Data = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help="CSV, TSV, Parquet or xlsx file, may be .gz or .zst; - for standard input.",
    ),
]
OptionalData = Annotated[
    str | None, typer.Argument(metavar="DATA", help="Newer rows, in the columns of training.")
]
Future = Annotated[
    str | None,
    Option("Known columns ahead.", panel=DATA, metavar="FILE", usual="rows without target"),
]
Strict = Annotated[bool, Option("Refuse data that give a warning.", panel=DATA)]
Horizon = Annotated[
    int | None, Option("Steps to forecast.", panel=MODEL, metavar="N", usual="by frequency")
]
Season = Annotated[
    int | None, Option("Steps in a season.", panel=MODEL, metavar="N", usual="by frequency")
]
Quantiles = Annotated[
    tuple[float, ...] | None,
    Option(
        "Levels, by comma, with 0.5 among them.",
        panel=MODEL,
        metavar="LEVELS",
        usual="0.1 … 0.9",
        example="0.1,0.5,0.9",
        convert=in_order,
    ),
]
Gate = Annotated[bool, Option("Exit with 80 if a baseline is better.", panel=EVALUATION)]
Fallback = Annotated[bool, Option("Seasonal naive for series it did better on.", panel=EVALUATION)]
Out = Annotated[
    Path | None,
    Option("Folder to write.", panel=OUTPUT, metavar="DIR", others=("-o",), usual="NAME-forecast"),
]
Output = Annotated[
    Path | None, Option("File to write.", panel=OUTPUT, metavar="FILE", others=("-o",))
]
Format = Annotated[
    str | None,
    Option(f"{', '.join(WRITERS)}.", panel=OUTPUT, metavar="NAME", usual="by suffix, or csv"),
]
Workbook = Annotated[bool, Option("Write forecast.xlsx too, with charts.", panel=OUTPUT)]
Quiet = Annotated[
    bool, Option("Say nothing but warnings and errors.", panel=OUTPUT, others=("-q",))
]
Json = Annotated[bool, Option("Write one JSON document to standard output.", panel=OUTPUT)]
Debug = Annotated[bool, Option("Show the traceback of an error.", panel=OUTPUT)]
