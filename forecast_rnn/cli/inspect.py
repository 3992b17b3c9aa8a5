"""`forecast-rnn inspect`: what is in a data file or a model."""

from pathlib import Path
from typing import Annotated

import typer

from forecast_rnn.cli import options
from forecast_rnn.cli.console import (
    NETWORK,
    show_facts,
    show_json,
    show_table,
    show_text,
    show_warnings,
)
from forecast_rnn.data.schema import Hints

SERIES_SHOWN = 20
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
    strict: options.Strict = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Show what is in a data file, or check a model.

    Of a data file: the columns found, what is wrong with it, and each series with its gaps,
    its range and its shape. Of a model: how it was trained, and whether it is undamaged.
    """
    if Path(path).is_dir():
        inspect_model(path, json=json)
        return
    hints = options.hints(
        time, target, item_id, freq, date_format, timezone, duplicates, missing, wide, encoding
    )
    inspect_data(path, hints, strict=strict, json=json)


def inspect_data(path: str, hints: Hints, *, strict: bool, json: bool) -> None:
    """Show the facts, the warnings and the series of a data file."""
    from forecast_rnn.data.read import read_panel, refuse_warnings
    from forecast_rnn.profile import profile

    panel, findings = read_panel("-" if path == "-" else Path(path), hints)
    if strict:
        refuse_warnings(findings.warnings)
    series = profile(panel)
    if json:
        show_json(
            {
                "format": 1,
                "found": findings.facts,
                "warnings": findings.warnings,
                "series": series.to_dicts(),
            }
        )
        return
    show_warnings(findings.warnings)
    show_facts(findings.facts, result=True)
    show_text(result=True)
    rows = series.head(SERIES_SHOWN).iter_rows()
    show_table(series.columns, rows, numbers=series.columns[1:-1], result=True)
    if len(series) > SERIES_SHOWN:
        show_text(f"… and {len(series) - SERIES_SHOWN} more; --json has them all", result=True)


def inspect_model(path: str, *, json: bool) -> None:
    """Check a model from checksums to weights, and show how it was trained."""
    from forecast_rnn import api
    from forecast_rnn.neural.bundle import read_bundle
    from forecast_rnn.output.folder import BUNDLE

    model = api.load(path, device="cpu")
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
        "series": f"{len(model.panel.names()):,} with {len(model.panel.values):,} rows",
        "season": task.season_length,
        "horizon": task.horizon,
        "quantiles": ", ".join(map(str, task.quantile_levels)),
        "network": NETWORK.format_map(description["training"]),
        "state": "checksums, weights and series are as they were written",
    }
    show_facts(facts, result=True)
