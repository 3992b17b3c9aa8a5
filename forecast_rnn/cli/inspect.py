"""`forecast-rnn inspect`: what is in a data file or a model."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast_rnn.cli import given, options
from forecast_rnn.cli.console import (
    NETWORK,
    show_facts,
    show_json,
    show_next,
    show_table,
    show_text,
    show_warnings,
    width_of_result,
)
from forecast_rnn.data.schema import Hints, Schema
from forecast_rnn.errors import DataError, InputError
from forecast_rnn.output.readable import number, plain

if TYPE_CHECKING:
    import polars as pl

    from forecast_rnn.data.panels.panel import Panel
    from forecast_rnn.neural.inference.forecaster import Forecaster

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
    time: options.Time = None,
    target: options.Target = None,
    item_id: options.Id = None,
    freq: options.Frequency = None,
    date_format: options.DateFormat = None,
    timezone: options.TimeZone = None,
    duplicates: options.Duplicates = "error",
    missing: options.Missing = "keep",
    wide: options.Wide = False,
    encoding: options.Encoding = None,
    static: options.Static = None,
    past: options.Past = None,
    known: options.Known = None,
    categorical: options.Categorical = None,
    holidays: options.Holidays = None,
    cutoff: options.Cutoff = None,
    strict: options.Strict = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Show what is in a data file, or check a model.

    Of a data file: what training would take from it, each series with its gaps, its range and
    its shape, and what is wrong, by line. Of a model: how it was trained, and whether it is
    undamaged.
    """
    if Path(path).is_dir():
        inspect_model(path, json=json)
        return
    hints = given.hints(
        time, target, item_id, freq, date_format, timezone, duplicates, missing, wide, encoding
    )
    hints = given.with_covariates(hints, static, past, known, categorical, holidays, cutoff)
    inspect_data(path, hints, strict=strict, json=json)


def inspect_data(path: str, hints: Hints, *, strict: bool, json: bool) -> None:
    """Show the facts, the series and the warnings of a data file, or its faults."""
    from forecast_rnn.data.panels.profile import profile, totals
    from forecast_rnn.data.read import read_panel, refuse_warnings

    try:
        panel, findings = read_panel("-" if path == "-" else Path(path), hints)
    except InputError:
        raise
    except DataError as error:
        if json:
            show_json(document(path) | faults(path, error))
        raise
    series = profile(panel)
    inferred = defaults(panel)
    following = next_command(path, hints)
    if json:
        show_json(
            document(path)
            | {
                "found": {**findings.facts, **inferred},
                "columns": columns(panel.schema.hints()),
                "totals": totals(series),
                "series": series.to_dicts(),
                "warnings": findings.warnings,
                "next": following,
            }
        )
    if strict:
        refuse_warnings(findings.warnings)
    if not json:
        values = {"values": values_sentence(totals(series))}
        show_facts({**findings.facts, **values, **inferred}, result=True)
        show_series(series)
        show_warnings(findings.warnings)
        show_next(following)


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


def faults(path: str, error: DataError) -> dict[str, object]:
    """Return an error with the faults that it lists, itself if it lists none, and their number."""
    nowhere: dict[str, object] = dict.fromkeys(("line", "row", "column", "text"))
    found = []
    for fault in error.faults:
        kind, place = fault.place.split()
        told = {kind: int(place), "column": fault.column, "text": fault.text}
        message = f"{fault.problem}; {fault.remedy}"
        found.append({"file": path, **nowhere, **told, "message": message})
    return {
        "faults": found or [{"file": path, **nowhere, "message": str(error)}],
        "fault_count": sum(error.counts.values()) or 1,
        "error": str(error),
    }


def columns(hints: Hints) -> dict[str, object]:
    """Return the columns in use; no target means all, of a wide file."""
    return {"time": hints.time, "id": hints.item_id, "target": hints.target, **beside(hints)}


def defaults(panel: "Panel") -> dict[str, int]:
    """Return the season and the horizon that training would take."""
    from forecast_rnn.data.time.frequency import default_horizon, season_length

    rows = panel.usual_length()
    season = season_length(panel.frequency, rows)
    return {"season": season, "horizon": default_horizon(panel.frequency, rows, season)}


def values_sentence(sums: Mapping[str, int | float | None]) -> str:
    """Say how many values are missing, and the range of the others."""
    rows, missing = sums["rows"] or 0, sums["missing"] or 0
    lost = f"{missing:,} of {rows:,} missing ({missing / rows:.1%})" if missing else "none missing"
    low, mean, high = (short(sums[name]) for name in ("minimum", "mean", "maximum"))
    return f"{low} to {high}, mean {mean}; {lost}"


def next_command(path: str, hints: Hints) -> str:
    """Return the command that trains on the data, read in the same way."""
    from forecast_rnn.api.reproduce import options_of

    return shlex.join(["forecast-rnn", "train", path, *options_of(hints, Hints())])


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


def beside(known: Hints | Schema) -> dict[str, tuple[str, ...]]:
    """Return what there is to know beside the target, by role."""
    roles = {
        "static": known.static,
        "past": known.past,
        "known": known.known,
        "holidays": known.holidays,
    }
    return {role: names for role, names in roles.items() if names}


def forecast_facts(forecaster: "Forecaster") -> dict[str, str]:
    """Return what a model forecasts: quantiles, or classes of the change and their edges."""
    from forecast_rnn.kinds import CLASSES, VALUES
    from forecast_rnn.tables import class_names

    task = forecaster.task
    whole = ", of whole numbers" if forecaster.whole else ""
    edges = ", ".join(f"{edge:.4g}" for edge in forecaster.classes.edges)
    facts = {
        "quantiles": ", ".join(map(str, task.quantile_levels)) + whole,
        "classes": ", ".join(class_names(task.classes)),
        "edges": edges,
    }
    shown = {VALUES: ("quantiles",), CLASSES: ("classes", "edges")}[task.kind]
    return {name: facts[name] for name in shown}


def inspect_model(path: str, *, json: bool) -> None:
    """Check a model from checksums to weights, and show how it was trained."""
    from forecast_rnn.api.model import load
    from forecast_rnn.neural.bundle.folder import read_bundle
    from forecast_rnn.output.folder import BUNDLE

    model = load(path, device="cpu")
    folder = Path(path)
    inner = folder / BUNDLE
    description = read_bundle(inner if inner.is_dir() else folder).description
    if json:
        show_json({"format": 1, **description, "series": model.panel.names()})
        return
    schema, task = model.forecaster.schema, model.forecaster.task
    facts = {
        "time": f"{schema.timestamp} ({model.panel.frequency.every})",
        "id": ", ".join(schema.item_id) or "one series",
        "target": schema.target,
        **{role: ", ".join(names) for role, names in beside(schema).items()},
        "series": f"{len(model.panel.names()):,} with {len(model.panel.values):,} rows",
        "season": task.season_length,
        "horizon": task.horizon,
        **forecast_facts(model.forecaster),
        "network": NETWORK.format_map(description["training"]),
        "state": "checksums, weights and series are as they were written",
    }
    show_facts(facts, result=True)
