"""Help in panels of related options, as plain text: rich would double the time that it takes."""

from collections.abc import Iterable
from typing import Any

from typer.core import TyperCommand, TyperGroup

from forecast_rnn.cli.plainly import read_plainly
from forecast_rnn.fields import OUTPUT, PANELS

MOST_NAMES = 28
"""Columns that the names of options take at most; longer ones have a line of their own."""


class PanelCommand(TyperCommand):
    """A command whose help shows its arguments, then its options by panel."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments, without Pydantic as far as they are text."""
        read_plainly(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the lists; options without a panel, such as --help, end the last one."""
        arguments: list[tuple[str, str]] = []
        panels: dict[str, list[tuple[str, str]]] = {panel: [] for panel in PANELS}
        for parameter in self.get_params(ctx):
            line = parameter.get_help_record(ctx)
            if line is None:
                continue
            if parameter.param_type_name == "argument":
                arguments.append(line)
            else:
                panels[getattr(parameter, "rich_help_panel", None) or OUTPUT].append(line)
        _write("Arguments", arguments, formatter, 0)
        width = _width(name for lines in panels.values() for name, _ in lines)
        for panel, lines in panels.items():
            _write(panel, lines, formatter, width)


class PlainGroup(TyperGroup):
    """The commands together, whose own options are read without Pydantic."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments before the command."""
        read_plainly(self.get_params(ctx))
        return super().parse_args(ctx, args)


def _width(names: Iterable[str]) -> int:
    return max((len(name) for name in names if len(name) <= MOST_NAMES), default=0)


def _write(title: str, lines: list[tuple[str, str]], formatter: Any, width: int) -> None:
    """Write a panel if it has lines; names are filled up, so that panels have the same columns."""
    if lines:
        with formatter.section(title):
            formatter.write_dl(
                [(f"{name:<{width}}", text) for name, text in lines], col_max=width or 30
            )
