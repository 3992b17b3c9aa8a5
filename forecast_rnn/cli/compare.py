"""`forecast-rnn compare`: the recurrent cells and the baselines on the same data."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from forecast_rnn.cli import options
from forecast_rnn.cli.console import (
    progress_bar,
    show_found,
    show_json,
    show_table,
    show_text,
    show_warnings,
)
from forecast_rnn.cli.signature import Part
from forecast_rnn.config import TrainConfig
from forecast_rnn.data.hints import Hints
from forecast_rnn.fields import EVALUATION, Option
from forecast_rnn.neural.cells import CELLS
from forecast_rnn.output import format_of, write
from forecast_rnn.output.readable import number, numbers
from forecast_rnn.system.atomic import check_place

if TYPE_CHECKING:
    from forecast_rnn.api.compare import Compared

ALL = "all"
SEEDS = 3
MARKS = {"best": "*", "within noise": "~"}
SHOWN = {"mase": "MASE", "spread": "±", "smape": "sMAPE", "mae": "MAE", "owa": "OWA"}
SHOWN |= {"weighted_quantile_loss": "WQL"}
COSTS = {"hidden_size": "width", "layers": "layers", "steps": "steps", "parameters": "parameters"}
COSTS |= {"training_seconds": "train s", "forecast_seconds": "forecast s", "total_seconds": "all s"}

Cells = Annotated[
    str,
    Option("Names by comma; `forecast-rnn cells` lists them.", panel=EVALUATION, metavar="NAMES"),
]
Seeds = Annotated[int, Option("Networks of each cell, by seed.", panel=EVALUATION, metavar="N")]
Windows = Annotated[
    int | None,
    Option("Forecasts of each series.", panel=EVALUATION, metavar="N", usual="by length"),
]
Network = Annotated[TrainConfig, Part(without=("cell", "classes", "prior"))]


def compare(
    data: options.Data,
    *,
    hints: Hints,
    horizon: options.Horizon = None,
    season: options.Season = None,
    quantiles: options.Quantiles = None,
    config: Network,
    strict: options.Strict = False,
    cells: Cells = ALL,
    seeds: Seeds = SEEDS,
    windows: Windows = None,
    output: options.Output = None,
    quiet: options.Quiet = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Compare recurrent cells with each other and with baselines on DATA.

    Each cell chooses its width and steps as train does, is trained with several seeds on all
    but the last rows, and forecasts those. The table has the most accurate first; the words
    below say which differences are more than noise.
    """
    check_output(output)
    from forecast_rnn.api.compare import compare as run

    with progress_bar(quiet=quiet) as on_progress:
        compared = run(
            data,
            cells=chosen(cells),
            seeds=seeds,
            windows=windows,
            hints=hints,
            horizon=horizon,
            season=season,
            quantile_levels=quantiles,
            config=config,
            strict=strict,
            on_found=partial(show_found, quiet=quiet),
            on_progress=on_progress,
        )
    tell(compared, output, quiet=quiet, json=json)


def chosen(cells: str) -> Sequence[str]:
    """Return the names in the option `--cells`."""
    if cells.strip() == ALL:
        return tuple(CELLS)
    return tuple(part.strip() for part in cells.split(",") if part.strip())


def check_output(output: Path | None) -> None:
    """Raise, before anything is trained, if the table could not be written."""
    if output is not None:
        format_of(output)
        check_place(output)


def tell(compared: "Compared", output: Path | None, *, quiet: bool, json: bool) -> None:
    """Show table and words, and write what was asked for; a file or JSON takes the table's place.

    Without these the table is the result and goes to standard output.
    """
    result = output is None and not json
    if result or not quiet:
        show_comparison(compared, result=result)
    if output is not None:
        show_warnings(write(compared.table, output))
    if json:
        show_json(document(compared))


def show_comparison(compared: "Compared", *, result: bool) -> None:
    """Show a row a model, the most accurate first, then what the differences mean."""
    rows = compared.table.to_dicts()
    labels = shown_columns(rows)
    columns = shown_values(rows, labels, compared.metric)
    marked = [f"{MARKS.get(row['standing'], ' ')} {row['model']}" for row in rows]
    header = ["  model", *labels.values()]
    if not result:
        show_text()
    show_table(header, zip(marked, *columns, strict=True), numbers=header[1:], result=result)
    show_text("\n" + " ".join(compared.sentences) + f"\n\n{legend(compared)}", result=result)


def shown_columns(rows: Sequence[Mapping[str, object]]) -> dict[str, str]:
    """Choose the columns for the terminal and name them; those without any value are left out."""
    labels = dict(SHOWN)
    labels |= {
        name: f"coverage ({int(name.removeprefix('coverage_')) / 100:g})"
        for name in rows[0]
        if name.startswith("coverage_")
    }
    labels |= COSTS
    return {
        name: label
        for name, label in labels.items()
        if any(row.get(name) is not None for row in rows)
    }


def shown_values(
    rows: Sequence[Mapping[str, Any]], labels: Mapping[str, str], metric: str
) -> list[list[str]]:
    """Write the columns: counts as they are, seconds alike, a spread as its metric."""
    accuracy = numbers([row[metric] for row in rows], significant=4)
    decimals = len(accuracy[0].partition(".")[2])
    written = {metric: accuracy}
    for name in labels.keys() - {metric}:
        values = [row[name] for row in rows]
        if name == "spread" or name.endswith("seconds"):
            places = decimals if name == "spread" else 2
            written[name] = ["-" if v is None else f"{v:,.{places}f}" for v in values]
        elif name in COSTS:
            written[name] = [number(value) for value in values]
        else:
            written[name] = numbers(values, significant=4)
    return [written[name] for name in labels]


def legend(compared: "Compared") -> str:
    """Explain marks and columns."""
    spread = f"± is the standard deviation of {compared.metric.upper()} over seeds; "
    return (
        "* is the best cell, ~ what differs from it by no more than noise. "
        f"{spread if compared.seeds > 1 else ''}"
        "train s is the training of one scored network, forecast s all its forecasts, all s "
        "everything, the choice of width and steps included."
    )


def document(compared: "Compared") -> dict[str, object]:
    """Gather the outcome for a program to read."""
    return {
        "format": 1,
        "found": compared.findings.facts,
        "horizon": compared.task.horizon,
        "season": compared.task.season_length,
        "windows": compared.windows,
        "seeds": compared.seeds,
        "metric": compared.metric,
        "best": compared.best,
        "sentences": compared.sentences,
        "models": compared.table.to_dicts(),
        "runs": compared.runs.to_dicts(),
        "differences": compared.differences.to_dicts(),
        "warnings": compared.findings.warnings,
    }
