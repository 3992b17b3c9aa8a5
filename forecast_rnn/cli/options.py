"""The options that commands share; each can also be set by `FORECAST_RNN_<OPTION>`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from forecast_rnn.config import DEVICES, PRECISIONS
from forecast_rnn.data.schema import DUPLICATES, MISSING
from forecast_rnn.neural.cells import CELLS
from forecast_rnn.neural.heads import HEADS


def variable(name: str) -> str:
    """Return the environment variable that stands for an option."""
    return "FORECAST_RNN_" + name.upper().replace("-", "_")


def option(name: str, description: str, *, metavar: str | None = None, short: str = "") -> Any:
    """Declare the option `--name`, with its environment variable and no second name for `no`."""
    names = [f"--{name}", *([short] if short else [])]
    return typer.Option(
        *names,
        help=description,
        metavar=metavar,
        envvar=variable(name),
        show_envvar=False,
    )


def _columns_option(name: str, description: str, *others: str) -> Any:
    return typer.Option(
        f"--{name}", *others, help=description, metavar="COLUMN", show_default=False
    )


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
Time = Annotated[
    str | None, option("time", "Time column [default: the one with dates].", metavar="COLUMN")
]
Target = Annotated[
    list[str] | None,
    _columns_option(
        "target",
        "Columns to forecast, by comma [default: y, target, value, or the only one].",
    ),
]
Id = Annotated[
    list[str] | None,
    _columns_option("id", "Columns that name a series, by comma [default: text columns]."),
]
Frequency = Annotated[
    str | None,
    option("freq", "Spacing of rows: 30m h d w mo q y [default: found].", metavar="OFFSET"),
]
DateFormat = Annotated[
    str | None, option("date-format", "How times are written, such as %d/%m/%Y.", metavar="FORMAT")
]
TimeZone = Annotated[
    str | None, option("timezone", "Of times without offset: Europe/Berlin.", metavar="NAME")
]
Duplicates = Annotated[
    str,
    option("duplicates", f"Rows of equal id and time: {', '.join(DUPLICATES)}.", metavar="RULE"),
]
Missing = Annotated[
    str, option("missing", f"Missing values and gaps: {', '.join(MISSING)}.", metavar="RULE")
]
Wide = Annotated[bool, option("wide", "Read one column a series, named by the column.")]
Encoding = Annotated[
    str | None, option("encoding", "Of text, such as cp1252 [default: utf-8].", metavar="NAME")
]
Static = Annotated[
    list[str] | None, _columns_option("static", "Columns fixed for a series, by comma.")
]
Past = Annotated[
    list[str] | None, _columns_option("past", "Columns known up to the forecast, by comma.")
]
Known = Annotated[
    list[str] | None,
    _columns_option(
        "known", "Columns known ahead, such as a price, by comma.", "--future-covariates"
    ),
]
Categorical = Annotated[
    list[str] | None,
    _columns_option("categorical", "Those of them that hold names though written as numbers."),
]
Holidays = Annotated[
    list[str] | None,
    typer.Option(
        "--holidays", help="Countries, such as DE,US or DE-BY.", metavar="CODE", show_default=False
    ),
]
Cutoff = Annotated[str | None, option("cutoff", "Read no target later than this.", metavar="TIME")]
Future = Annotated[
    str | None,
    option(
        "future", "Known columns of the steps ahead [default: rows without target].", metavar="FILE"
    ),
]
Calendar = Annotated[
    bool | None,
    typer.Option(
        "--calendar/--no-calendar",
        help="Use weekday, day of year and the like [default: if it helps].",
        envvar=variable("calendar"),
        show_envvar=False,
        show_default=False,
    ),
]
Strict = Annotated[bool, option("strict", "Refuse data that give a warning.")]
Workbook = Annotated[bool, option("workbook", "Write forecast.xlsx too, with charts.")]
Horizon = Annotated[
    int | None, option("horizon", "Steps to forecast [default: by frequency].", metavar="N")
]
Season = Annotated[
    int | None, option("season", "Steps in a season [default: by frequency].", metavar="N")
]
Out = Annotated[
    Path | None,
    option("out", "Folder to write [default: NAME-forecast].", metavar="DIR", short="-o"),
]
Quantiles = Annotated[
    str | None,
    option(
        "quantiles", "Levels, by comma, with 0.5 among them [default: 0.1 … 0.9].", metavar="LEVELS"
    ),
]
CellName = Annotated[str, option("cell", f"Recurrent cell: {', '.join(CELLS)}.", metavar="NAME")]
HeadName = Annotated[
    str,
    typer.Option(
        "--head",
        "--distribution",
        help=f"What is forecast: {', '.join(HEADS)}.",
        metavar="NAME",
        envvar=variable("head"),
        show_envvar=False,
    ),
]
Round = Annotated[bool, option("round", "Round forecasts to whole numbers, as counts are.")]
Classes = Annotated[int | None, option("classes", "Of --head direction [default: 2].", metavar="K")]
HiddenSize = Annotated[
    int | None, option("hidden-size", "Width of the state [default: chosen].", metavar="N")
]
Layers = Annotated[int | None, option("layers", "Recurrent layers [default: chosen].", metavar="N")]
Dilation = Annotated[
    str | None,
    option("dilation", "Steps between states, one a layer, such as 1,4.", metavar="STEPS"),
]
Residual = Annotated[bool, option("residual", "Layers read normalised input and add to it.")]
Attention = Annotated[bool, option("attention", "Each state attends to those before it.")]
Members = Annotated[int, option("members", "Networks in the ensemble.", metavar="N")]
Steps = Annotated[int | None, option("steps", "Optimisation steps [default: chosen].", metavar="N")]
LearningRate = Annotated[
    float | None,
    option("learning-rate", "Highest learning rate [default: by width].", metavar="RATE"),
]
BatchSize = Annotated[
    int | None, option("batch-size", "Series in a batch [default: chosen].", metavar="N")
]
Gate = Annotated[bool, option("gate", "Exit with 80 if a baseline is better.")]
Fallback = Annotated[bool, option("fallback", "Seasonal naive for series it did better on.")]
Seed = Annotated[int, option("seed", "The same seed gives the same files.", metavar="N")]
Device = Annotated[str, option("device", f"{', '.join(DEVICES)}.", metavar="NAME")]
Precision = Annotated[
    str, option("precision", f"Of products in training: {', '.join(PRECISIONS)}.", metavar="NAME")
]
Threads = Annotated[int | None, option("threads", "Processor threads [default: all].", metavar="N")]
Quiet = Annotated[bool, option("quiet", "Say nothing but warnings and errors.", short="-q")]
Json = Annotated[bool, option("json", "Write one JSON document to standard output.")]
Debug = Annotated[bool, option("debug", "Show the traceback of an error.")]
