"""`forecast-rnn inspect`: what is in a data file or a model."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from forecast_rnn.cli import options
from forecast_rnn.cli.console import (
    network_line,
    show_facts,
    show_json,
    show_next,
    show_table,
    show_text,
    show_warnings,
    width_of_result,
)
from forecast_rnn.data.hints import Hints
from forecast_rnn.errors import DataError, InputError
from forecast_rnn.output.readable import number, plain

if TYPE_CHECKING:
    import polars as pl

    from forecast_rnn.api.inspect import Inspected
    from forecast_rnn.forecasting.protocol import AnyForecaster

SERIES_SHOWN = 20
LABELS = {"minimum": "min", "maximum": "max"}
TIMES = ("from", "to")
TEXTS = ("series", *TIMES, "shape")
NUMBERS = ("rows", "missing", "min", "mean", "max")
GAP = 2
NAME_WIDTH = 16
LONGEST_NUMBER = 13
SHAPE_WIDTH = 8
PathName = Annotated[
    str, typer.Argument(metavar="PATH", help="Data file, folder that train wrote, or model.")
]


def inspect(
    path: PathName,
    *,
    hints: Hints,
    strict: options.Strict = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Show what is in a data file, or check a model.

    Of a data file: what training would take from it, each series with its gaps, its range and
    its shape, and what is wrong, by line. Of a model: how it was trained, and whether it is
    undamaged.
    """
    from forecast_rnn.api.inspect import inspect as run
    from forecast_rnn.data.read import refuse_warnings

    try:
        inspected = run(path, hints=hints)
    except InputError:
        raise
    except DataError as error:
        if json:
            show_json(document(path) | faults(path, error))
        raise
    if inspected.model is not None:
        show_model(inspected, json=json)
        return
    series = inspected.series
    if json:
        show_json(document(path) | sound(inspected, series))
    if strict:
        refuse_warnings(inspected.warnings)
    if not json:
        show_data(inspected, series)


def show_data(inspected: "Inspected", series: "pl.DataFrame") -> None:
    """Show the facts, the series, the warnings and the next command of a data file."""
    from forecast_rnn.data.panels.profile import totals

    values = {"values": values_sentence(totals(series))}
    show_facts({**inspected.facts, **values, **task_facts(inspected)}, result=True)
    show_series(series)
    show_warnings(inspected.warnings)
    show_next(inspected.command)


def show_model(inspected: "Inspected", *, json: bool) -> None:
    """Show how a model was trained; that it could be loaded says that it is undamaged."""
    assert inspected.model is not None
    assert inspected.description is not None
    if json:
        names = inspected.panel.names()
        show_json({"format": 1, **inspected.description, "series": names})
        return
    facts = {
        **inspected.facts,
        **task_facts(inspected),
        **forecast_facts(inspected.model.forecaster),
        "network": network_line(inspected.description["training"]),
        "state": "checksums, weights and series are as they were written",
    }
    show_facts(facts, result=True)


def task_facts(inspected: "Inspected") -> dict[str, int]:
    """Return the season and the horizon."""
    return {"season": inspected.season, "horizon": inspected.horizon}


def document(path: str) -> dict[str, object]:
    """Return what a program reads of a data file, before anything is known of it."""
    return {
        "format": 1,
        "data": path,
        "found": {},
        "columns": None,
        "totals": None,
        "series": [],
        "warnings": [],
        "faults": [],
        "fault_count": 0,
        "error": None,
        "next": None,
    }


def sound(inspected: "Inspected", series: "pl.DataFrame") -> dict[str, object]:
    """Return what a program reads of data that can be used."""
    from forecast_rnn.data.panels.profile import totals

    return {
        "found": {**inspected.facts, **task_facts(inspected)},
        "columns": inspected.columns,
        "totals": totals(series),
        "series": series.to_dicts(),
        "warnings": inspected.warnings,
        "next": inspected.command,
    }


def faults(path: str, error: DataError) -> dict[str, object]:
    """Return an error with the faults that it lists, itself if it lists none, and their number."""
    nowhere: dict[str, object] = dict.fromkeys(("line", "row", "column", "text"))
    listed = []
    for fault in error.faults:
        unit, number = fault.place.split()
        where = {unit: int(number), "column": fault.column, "text": fault.text}
        message = f"{fault.problem}; {fault.remedy}"
        listed.append({"file": path, **nowhere, **where, "message": message})
    return {
        "faults": listed or [{"file": path, **nowhere, "message": str(error)}],
        "fault_count": sum(error.counts.values()) or 1,
        "error": str(error),
    }


def values_sentence(sums: Mapping[str, int | float | None]) -> str:
    """Say how many values are missing, and the range of the others."""
    rows, missing = sums["rows"] or 0, sums["missing"] or 0
    lost = f"{missing:,} of {rows:,} missing ({missing / rows:.1%})" if missing else "none missing"
    low, mean, high = (short(sums[name]) for name in ("minimum", "mean", "maximum"))
    return f"{low} to {high}, mean {mean}; {lost}"


def show_series(series: "pl.DataFrame") -> None:
    """Show a row for each series, those with the most missing values if there are many."""
    from forecast_rnn.data.panels.profile import most_missing_first

    show_text(result=True)
    shown = series
    if len(series) > SERIES_SHOWN:
        shown = most_missing_first(series).head(SERIES_SHOWN)
        if series["missing"].sum():
            text = f"The {SERIES_SHOWN} of {len(series):,} series with the most missing values:"
            show_text(text, result=True)
    table = fitted(cells(shown), width_of_result())
    show_table(list(table), zip(*table.values(), strict=True), numbers=NUMBERS, result=True)
    if len(series) > SERIES_SHOWN:
        more = len(series) - SERIES_SHOWN
        show_text(f"… and {more:,} more; --json has them all", result=True)


def cells(series: "pl.DataFrame") -> dict[str, list[str]]:
    """Return the columns of a profile as text."""
    return {
        LABELS.get(name, name): [
            plain(value) if name in TEXTS else short(value) for value in series[name]
        ]
        for name in series.columns
    }


def short(value: float | None) -> str:
    """Write a number, a very long one as a power of ten."""
    text = number(value)
    return text if value is None or len(text) <= LONGEST_NUMBER else f"{value:.3e}"


def fitted(table: dict[str, list[str]], width: int | None) -> dict[str, list[str]]:
    """Leave out times and cut names and shapes until a table fits a width; None fits all."""
    from rich.cells import cell_len, set_cell_size

    from forecast_rnn.data.panels.profile import narrowed

    if width is None:
        return table
    alike = [name for name in TIMES if len(set(table[name])) <= 1]
    widths = {name: max(map(cell_len, (name, *column))) for name, column in table.items()}
    for without in (alike, [*alike, "from"], TIMES, [*TIMES, "min", "max"]):
        kept = {name: column for name, column in table.items() if name not in without}
        room = width - sum(widths[name] + GAP for name in list(kept)[1:-1]) - GAP
        if room >= min(widths["series"], NAME_WIDTH) + SHAPE_WIDTH:
            break
    shape = max(SHAPE_WIDTH, min(widths["shape"], room - widths["series"]))
    most = max(SHAPE_WIDTH, room - shape)
    kept["series"] = [
        name if cell_len(name) <= most else set_cell_size(name, most - 1).rstrip() + "…"
        for name in kept["series"]
    ]
    kept["shape"] = [narrowed(line, shape) for line in kept["shape"]]
    return kept


def forecast_facts(forecaster: "AnyForecaster") -> dict[str, str]:
    """Return what a model forecasts: quantiles, or classes of the change and their edges."""
    from forecast_rnn.kinds import VALUES
    from forecast_rnn.tables import class_names

    task = forecaster.task
    if task.kind == VALUES:
        whole = ", of whole numbers" if forecaster.whole else ""
        return {"quantiles": ", ".join(map(str, task.quantile_levels)) + whole}
    edges: tuple[float, ...] = forecaster.classes.edges  # type: ignore[attr-defined]
    return {
        "classes": ", ".join(class_names(task.classes)),
        "edges": ", ".join(f"{edge:.4g}" for edge in edges),
    }
