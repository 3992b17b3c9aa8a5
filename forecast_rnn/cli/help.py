"""`forecast-rnn help`: the reference pages that come with the program, one a topic."""

import difflib
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from forecast_rnn.cli.console import width_of_result
from forecast_rnn.cli.options import Debug
from forecast_rnn.errors import ConfigError

FOLDER = Path(__file__).parents[1] / "docs"
LEAST_WIDTH = 20

_FENCE = "```"
_ITEM = re.compile(r"\s*(?:[-*]|\d+\.) ")
_NEVER_WRAPPED = re.compile(r"#|\s*$")

Topic = Annotated[
    str | None, typer.Argument(metavar="TOPIC", help="A page, or a command [default: list them].")
]


def help(context: typer.Context, topic: Topic = None, *, debug: Debug = False) -> None:
    """Show a page of the documentation, or list its topics.

    Pages are Markdown, and go to standard output as they are; a terminal gets lines that fit.
    """
    if topic is None:
        print(overview())
        return
    name = topic.lower().removesuffix(".md")
    if name in topics():
        page, width = (FOLDER / f"{name}.md").read_text(encoding="utf-8"), width_of_result()
        print(page.rstrip("\n") if width is None else "\n".join(wrapped(page, width)))
    else:
        print(_help_of_command(context, name))


def topics() -> dict[str, str]:
    """Return the names of the pages with their titles, in alphabetical order."""
    return {path.stem: _title(path) for path in sorted(FOLDER.glob("*.md"))}


def overview() -> str:
    """Return the topics, a line each, and how to read one."""
    titles = topics()
    longest = max(map(len, titles))
    lines = [f"{name:<{longest}}  {title}" for name, title in titles.items()]
    return "\n".join([*lines, "", "forecast-rnn help TOPIC shows one of them."])


def wrapped(page: str, width: int) -> Iterator[str]:
    """Yield the lines of a Markdown page, those of text and tables no wider than `width`.

    Code and headings stay as they are. Lines of a paragraph, or of an item of a list, are
    filled anew; a row of a table that is too wide goes on in further lines, indented.
    """
    width = max(width, LEAST_WIDTH)
    paragraph: list[str] = []
    in_code = False
    for line in page.splitlines():
        is_fence = line.lstrip().startswith(_FENCE)
        is_whole = in_code or is_fence or _NEVER_WRAPPED.match(line) is not None
        is_row = line.startswith("|")
        if is_whole or is_row or _ITEM.match(line):
            yield from _filled(paragraph, width)
            paragraph = []
        in_code ^= is_fence
        if is_whole:
            yield line
        elif is_row:
            yield from [line] if len(line) <= width else _folded(line, width)
        else:
            paragraph.append(line)
    yield from _filled(paragraph, width)


def _filled(paragraph: list[str], width: int) -> list[str]:
    """Fill a paragraph or an item of a list, whose further lines stand under its first word."""
    if not paragraph:
        return []
    item = _ITEM.match(paragraph[0])
    indent = item.group() if item else re.match(r"\s*", paragraph[0]).group()  # type: ignore[union-attr]
    text = " ".join(line.strip() for line in paragraph)
    return _wrap(text.removeprefix(indent.strip()).strip(), width, indent, " " * len(indent))


def _folded(row: str, width: int) -> list[str]:
    return _wrap(row, width, "", "    ")


def _wrap(text: str, width: int, first: str, further: str) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _title(path: Path) -> str:
    with path.open(encoding="utf-8") as lines:
        return next(lines).removeprefix("#").strip()


def _help_of_command(context: typer.Context, name: str) -> str:
    """Return what `NAME --help` shows; raise ConfigError if there is no such command either."""
    group = context.parent.command if context.parent is not None else None
    commands = getattr(group, "commands", {})
    if name not in commands:
        near = difflib.get_close_matches(name, [*topics(), *commands], n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"choose from {', '.join(topics())}."
        raise ConfigError(f"there is no topic '{name}'; {hint}")
    own = type(context)(commands[name], info_name=name, parent=context.parent)
    return str(own.get_help())
