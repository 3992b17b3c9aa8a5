"""The command line: options in, one call of the library, a few lines out."""

import gc
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any

import typer

from forecast_rnn import __version__
from forecast_rnn.cli import (
    backtest,
    cells,
    compare,
    datasets,
    forecast,
    future,
    help,
    inspect,
    predict,
    pretrain,
    train,
)
from forecast_rnn.cli.outcome import catch_signals, finish, guarded, report
from forecast_rnn.cli.panels import PanelCommand, PlainGroup
from forecast_rnn.cli.signature import with_options
from forecast_rnn.system.memory import set_allocators

EPILOG = """\
\b
Examples:
  forecast-rnn forecast sales.csv
  forecast-rnn train sales.csv
  forecast-rnn predict sales-forecast newer-sales.csv > forecast.csv

Every option can be set in the environment: FORECAST_RNN_CELL=lstm for --cell lstm.

\b
Exit codes:
   0  done                        73  cannot create output
   2  wrong usage                 74  input/output error, disk full
   3  some series not forecast    75  the input is changing, try again
  65  data cannot be used         77  no permission
  66  no such input               78  model damaged or incompatible
  70  a bug                       79  training diverged
  71  out of memory               80  --gate: a baseline is better
 129, 130, 143  stopped            141  the reader closed the pipe
"""

MOST_YOUNG = 50_000
"""New objects after which the garbage collector of this process looks for circles."""

SETTINGS: dict[str, Any] = {
    "name": "forecast-rnn",
    "cls": PlainGroup,
    "epilog": EPILOG,
    # rich would double the time that --help takes
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
    "no_args_is_help": True,
    "context_settings": {"help_option_names": ["-h", "--help"], "max_content_width": 100},
}
app = typer.Typer(**SETTINGS)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"forecast-rnn {__version__}")
        raise typer.Exit


@app.callback()
def _application(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Train a recurrent network on a CSV or Parquet file and forecast what comes next."""
    set_allocators()


COMMANDS = (
    forecast.forecast,
    train.train,
    predict.predict,
    backtest.backtest,
    compare.compare,
    pretrain.pretrain,
    inspect.inspect,
    future.future,
    cells.cells,
    datasets.datasets,
    help.help,
)


def _add(to: typer.Typer, commands: Iterable[Callable[..., None]]) -> None:
    for command in commands:
        to.command(cls=PanelCommand)(guarded(with_options(command)))


_add(app, COMMANDS)


def _app_for(arguments: Sequence[str]) -> typer.Typer:
    """Return the application with the command that is asked for alone, which is built faster."""
    asked = [command for command in COMMANDS if [command.__name__] == list(arguments[:1])]
    if not asked:
        return app
    small = typer.Typer(**SETTINGS)
    small.callback()(_application)
    _add(small, asked)
    return small


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code, which is never 1 or 120."""
    code = 0
    try:
        _calm()
        _app_for(sys.argv[1:] if arguments is None else arguments)(arguments)
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 0
    except BaseException as error:
        code = report(error)
    return finish(code)


def _calm() -> None:
    catch_signals()
    # The usual 700 has the collector look through all modules again and again while they load.
    gc.set_threshold(MOST_YOUNG, 10, 10)
    # Warnings of the libraries speak to programmers; ours are printed by the commands.
    warnings.simplefilter("ignore")
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
