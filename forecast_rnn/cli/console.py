"""What the terminal shows: results on standard output, all talk on standard error."""

import math
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import typer

from forecast_rnn.output.readable import number, plain

if TYPE_CHECKING:
    from rich.console import RenderableType

    from forecast_rnn.config import Task
    from forecast_rnn.data.read import Findings
    from forecast_rnn.progress import Progress

NETWORK = (
    "{members} x {cell}, hidden size {hidden_size}, layers {layers}, "
    "{parameters:,} parameters, {steps:,} steps"
)
"""How a network is described in one line, from the settings of its training."""
PRIOR = "pre-trained {cell}, hidden size {hidden_size}, layers {layers}, {parameters:,} parameters"
"""The same of a network that was not trained on the data."""


def network_line(settings: Mapping[str, Any]) -> str:
    """Describe a network in one line, with how long it took where that is known."""
    line = (NETWORK if "steps" in settings else PRIOR).format_map(settings)
    return f"{line}, {settings['seconds']} s" if "seconds" in settings else line


def show_error(message: str) -> None:
    """Write `error: …` to standard error."""
    _labelled("error", message, typer.colors.RED)


def show_warnings(messages: Iterable[str]) -> None:
    """Write a `warning: …` line for each message to standard error."""
    for message in messages:
        _labelled("warning", message, typer.colors.YELLOW)


def _labelled(label: str, message: str, colour: str) -> None:
    if sys.stderr is None:
        return
    text = f"{label}: " + "\n".join(plain(line) for line in message.splitlines())
    if sys.stderr.isatty():
        text = _wrapped(text)
    if _coloured(sys.stderr):
        text = text.replace(f"{label}:", typer.style(f"{label}:", fg=colour, bold=True), 1)
    typer.echo(text, err=True, color=True)


def _wrapped(text: str) -> str:
    import shutil
    import textwrap

    width = max(20, shutil.get_terminal_size().columns)
    return "\n".join(
        textwrap.fill(
            line,
            width,
            subsequent_indent=" " * (len(line) - len(line.lstrip()) + 2),
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in text.splitlines()
    )


def _coloured(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def show_text(text: str = "", *, result: bool = False) -> None:
    """Write a paragraph, wrapped on a terminal."""
    from rich.text import Text

    _show(Text("\n".join(map(plain, text.split("\n")))), result=result)


def show_facts(facts: Mapping[str, object], *, result: bool = False) -> None:
    """Write names and values in two columns."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in facts.items():
        grid.add_row(Text(plain(name)), Text(plain(number(value))))
    _show(grid, result=result)


def show_found(findings: "Findings", task: "Task", *, quiet: bool) -> None:
    """Write what the data are taken to be, before training begins."""
    if not quiet:
        show_facts({**findings.facts, "season": task.season_length, "horizon": task.horizon})
    show_warnings(findings.warnings)


def show_next(command: str) -> None:
    """Write the next command to standard error in one line, so that it can be copied."""
    if sys.stderr is None:
        return
    label = typer.style("next", bold=True) if _coloured(sys.stderr) else "next"
    typer.echo(f"{label}  {plain(command)}", err=True, color=True)


def width_of_result() -> int | None:
    """Return the columns of the terminal that standard output is, None if it is none."""
    import shutil

    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    return shutil.get_terminal_size().columns if on_terminal else None


def width_of_talk(usual: int = 80) -> int:
    """Return the columns of the terminal that standard error is, or as many as are usual."""
    import shutil

    on_terminal = sys.stderr is not None and sys.stderr.isatty()
    return shutil.get_terminal_size().columns if on_terminal else usual


def show_lines(lines: Iterable[tuple[str, str]], styles: Mapping[str, str]) -> None:
    """Write lines to standard error as they are, never wrapped.

    Args:
        lines: Text, and a mark for each of its characters.
        styles: Styles of rich by mark; others are plain.
    """
    from itertools import groupby
    from operator import itemgetter

    from rich.text import Text

    picture = Text(no_wrap=True, overflow="crop")
    for row, (text, marks) in enumerate(lines):
        picture.append("\n" if row else "")
        for mark, run in groupby(zip(marks, text, strict=True), key=itemgetter(0)):
            picture.append("".join(character for _, character in run), styles.get(mark))
    _show(picture, result=False)


def show_json(document: object) -> None:
    """Write one JSON document to standard output, with null for what is not a finite number."""
    import json

    text = json.dumps(_finite(document), ensure_ascii=False, indent=2, allow_nan=False, default=str)
    sys.stdout.write(text + "\n")


def _finite(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value if not isinstance(value, float) or math.isfinite(value) else None


def show_table(
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    numbers: Iterable[str] = (),
    result: bool = False,
) -> None:
    """Write a table without lines.

    Args:
        header: Names of the columns.
        rows: Cells, a row a sequence; numbers go through `number`.
        numbers: Names of the columns that are right-aligned and never wrapped.
        result: Whether it is the result, which goes to standard output.
    """
    from rich.table import Table
    from rich.text import Text

    right = set(numbers)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in header:
        table.add_column(
            Text(plain(name)),
            justify="right" if name in right else "left",
            no_wrap=name in right,
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(Text(plain(number(cell))) for cell in row))
    _show(table, result=result)


def _show(renderable: "RenderableType", *, result: bool) -> None:
    from io import StringIO

    from rich.console import Console

    stream = sys.stdout if result else sys.stderr
    if stream is None:
        return
    # By way of a string: rich answers a closed pipe with SystemExit(1).
    console = Console(
        file=StringIO(),
        force_terminal=stream.isatty(),
        no_color=not _coloured(stream),
        width=None if stream.isatty() else 10_000,
        markup=False,
        highlight=False,
        emoji=False,
    )
    with console.capture() as text:
        console.print(renderable, soft_wrap=False)
    stream.write("".join(f"{line.rstrip()}\n" for line in text.get().splitlines()))


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator["Callable[[Progress], None]"]:
    """Yield what draws the progress: a bar on a terminal, nothing elsewhere."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield lambda progress: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TextColumn("{task.fields[loss]}", markup=False),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True, no_color=not _coloured(sys.stderr))
    bar = Bar(*columns, console=console, transient=True)
    task = bar.add_task("", total=None, loss="")

    def draw(progress: "Progress") -> None:
        bar.start()  # not before: what was found is printed first
        bar.update(
            task,
            description=progress.stage,
            completed=progress.done,
            total=progress.total,
            loss=f"loss {progress.loss:.4f}" if math.isfinite(progress.loss) else "",
        )

    try:
        yield draw
    finally:
        bar.stop()
