"""What is to be forecast, and what has to be known of the steps ahead."""

from os import PathLike
from pathlib import Path
from typing import Literal

import polars as pl

from forecast_rnn.config import QUANTILE_LEVELS, Task, TrainConfig
from forecast_rnn.data.files.tabular import Tabular, as_frame
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels.counts import check_counts, check_whole
from forecast_rnn.data.panels.future import ITEM, future_frame, known_ahead, known_steps
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.panels.quality import check_rows
from forecast_rnn.data.read import (
    Findings,
    format_times,
    panel_from_frame,
    read_future,
    read_panel,
)
from forecast_rnn.data.time.frequency import default_horizon, season_length
from forecast_rnn.errors import ConfigError
from forecast_rnn.neural.heads import COUNTS

Data = Path | str | Tabular
"""A file, `-` for standard input, or a table in memory: see `as_frame` for which."""


def panel_of(data: Data, hints: Hints) -> tuple[Panel, Findings]:
    """Read a file, standard input or a table.

    Raises:
        TypeError: it is none of these.
        InputError: the input is not there.
        DataError: it cannot be used as it is.
    """
    source = _source(data)
    if isinstance(source, pl.DataFrame):
        return panel_from_frame(source, hints)
    return read_panel(source, hints)


def _source(data: Data) -> Path | Literal["-"] | pl.DataFrame:
    if isinstance(data, str | PathLike):
        return "-" if data == "-" else Path(data)
    return as_frame(data)


def usual_task(
    panel: Panel,
    horizon: int | None,
    season: int | None = None,
    quantile_levels: tuple[float, ...] = QUANTILE_LEVELS,
    classes: int = 0,
) -> Task:
    """Say what is forecast; what is None becomes what suits the frequency."""
    rows = panel.usual_length()
    season = season_length(panel.frequency, rows) if season is None else season
    return Task(
        horizon=default_horizon(panel.frequency, rows, season) if horizon is None else horizon,
        season_length=season,
        quantile_levels=quantile_levels,
        classes=classes,
    )


def check_values(panel: Panel, config: TrainConfig) -> None:
    """Refuse data that what is asked for cannot be learnt from.

    Raises:
        DataError: no series has two rows, or what is asked for is for counts or whole numbers
            and the data are not.
    """
    check_rows(panel)
    if config.head in COUNTS:
        check_counts(panel, config.head)
    if config.round:
        check_whole(panel)


def check_sources(data: Data | None, future: Data | None) -> None:
    """Raise ConfigError if standard input is to be read twice."""
    if isinstance(data, str) and isinstance(future, str) and data == future == "-":
        raise ConfigError(
            "standard input holds either the data or the known columns of the steps ahead; give "
            "a file for one of them."
        )


def look_ahead(panel: Panel, future: Data | None, horizon: int) -> tuple[Panel, tuple[str, ...]]:
    """Take in the known columns of the steps ahead, from a file or a table; return warnings too.

    Raises:
        ConfigError: there are no known columns.
        DataError: it cannot be used, or a row that is needed is not there.
    """
    if future is None:
        return panel, ()
    if not panel.schema.known:
        raise ConfigError(
            "there are no known columns, so --future has no use; name them with --known."
        )
    return read_future(panel, _source(future), horizon)


def steps_ahead(panel: Panel, horizon: int) -> tuple[int, tuple[str, ...]]:
    """Return for how many steps there can be a forecast, and what is to be said of it.

    Raises:
        ConfigError: known columns do not go on at all.
        DataError: they end at different steps, or rows in between are missing.
    """
    steps = known_steps(panel, horizon)
    if not steps:
        raise ConfigError(f"{about_ahead(panel, horizon)}.")
    if steps == horizon:
        return steps, ()
    return steps, (
        f"the known columns go on for {steps} of the {horizon} steps of the horizon; the forecast "
        "ends with them.",
    )


def about_ahead(panel: Panel, horizon: int) -> str:
    """Say which rows of known columns a forecast takes."""
    wanted = future_frame(panel, horizon)["time"]
    first, last = format_times(wanted.sort().gather([0, -1]), panel.schema)
    return (
        f"a forecast takes the known columns {', '.join(panel.schema.known)} of the {horizon} "
        f"steps after the last row of each series ({first} to {last}): pass --future FILE, whose "
        "template `forecast-rnn future` writes, or add rows without a target to the data"
    )


def template(panel: Panel, horizon: int) -> pl.DataFrame:
    """Return the rows of known columns that a forecast takes: ids, time, and what is known yet.

    Raises:
        ConfigError: there are no known columns.
    """
    if not panel.schema.known:
        raise ConfigError("there are no known columns to fill in; name them with --known.")
    wanted = future_frame(panel, horizon)
    ids = panel.items.select(panel.schema.given_ids)[wanted[ITEM]]
    times = format_times(wanted["time"], panel.schema).alias(panel.schema.timestamp)
    rows = pl.DataFrame([*ids, times, *known_ahead(panel, wanted)])
    # Targets in columns of their own share their rows, and may end at different ones.
    group = pl.struct(ids).rle_id() if ids.width else pl.lit(0)
    order = wanted.select(group.alias("group"), "time").with_row_index("row")
    return rows[order.unique(["group", "time"], keep="first").sort("group", "time")["row"]]
