"""The signature that Typer reads, made from what a command takes.

A command takes whole dataclasses, as in `def train(data: Data, hints: Hints, ...)`. On the command
line each field of these is an option, and the command is called with the finished objects:

    app.command()(with_options(train))
"""

import functools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, is_dataclass
from inspect import Parameter, signature
from typing import Annotated, Any, get_args, get_origin

import typer

from forecast_rnn.cli.values import number_in, numbers_in, texts_in
from forecast_rnn.fields import Declaration, declaration_of, options_in


@dataclass(frozen=True, slots=True)
class Part:
    """Which fields of a dataclass are options of a command; all that are not ruled out.

    Attributes:
        only: Names of fields; none for all.
        without: Names of fields.
    """

    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with an option for each field of the dataclasses that it takes."""
    taken = [_Taken.of(parameter) for parameter in signature(command).parameters.values()]

    @functools.wraps(command)
    def run(**given: Any) -> None:
        command(**{one.name: one.value(given) for one in taken})

    shown = [parameter for one in taken for parameter in one.parameters()]
    run.__signature__ = signature(command).replace(parameters=shown)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in shown}
    return run


@dataclass(frozen=True, slots=True)
class _Taken:
    """A parameter of a command.

    Attributes:
        parameter: As the command declares it.
        group: The dataclass that it takes, or None.
        options: Those that make it up; none if Typer is to read the parameter as it stands.
    """

    parameter: Parameter
    group: type | None
    options: tuple[Declaration, ...]

    @classmethod
    def of(cls, parameter: Parameter) -> "_Taken":
        annotation = parameter.annotation
        kind, *remarks = get_args(annotation) if _is_annotated(annotation) else (annotation,)
        if isinstance(kind, type) and is_dataclass(kind):
            part = next((remark for remark in remarks if isinstance(remark, Part)), Part())
            return cls(parameter, kind, tuple(_chosen(kind, part)))
        one = declaration_of(parameter.name, annotation, parameter.default)
        return cls(parameter, None, () if one is None else (one,))

    @property
    def name(self) -> str:
        return self.parameter.name

    def parameters(self) -> list[Parameter]:
        """Return what Typer reads in place of this parameter; all of it by name."""
        if not self.options:
            return [self.parameter.replace(kind=Parameter.KEYWORD_ONLY)]
        return [_typer_parameter(option) for option in self.options]

    def value(self, given: dict[str, Any]) -> Any:
        """Return what the command gets, from what Typer has read."""
        if not self.options:
            return given[self.name]
        values = {option.field: _value(option, given[option.field]) for option in self.options}
        return values[self.name] if self.group is None else self.group(**values)


def _is_annotated(annotation: object) -> bool:
    return get_origin(annotation) is Annotated


def _chosen(group: type, part: Part) -> Iterator[Declaration]:
    options = options_in(group)
    unknown = {*part.only, *part.without} - {option.field for option in options}
    if unknown:
        raise TypeError(f"{group.__name__} has no field {', '.join(sorted(unknown))}.")
    for option in options:
        if option.field not in part.without and (not part.only or option.field in part.only):
            yield option


def variable(name: str) -> str:
    """Return the environment variable that stands for an option."""
    return "FORECAST_RNN_" + name.upper().replace("-", "_")


def _typer_parameter(entry: Declaration) -> Parameter:
    """Return a parameter for Typer: numbers and lists are texts there, and `_value` reads them."""
    option = entry.option
    names = f"--{entry.name}/--no-{entry.name}" if entry.opposite else f"--{entry.name}"
    # Typer would split the variable of a list at blanks, so that one is read here.
    is_list = entry.items is str
    is_text = not is_list and _is_parsed(entry)
    kind: Any = list[str] if is_list else str if is_text else entry.kind
    default = None if _is_parsed(entry) else entry.default
    read = typer.Option(
        *(names, *option.others),
        help=_help(entry),
        metavar=option.metavar,
        envvar=None if is_list else variable(entry.name),
        show_envvar=False,
        show_default=False,
        rich_help_panel=option.panel,
    )
    kind = kind | None if entry.optional or _is_parsed(entry) else kind
    annotation = Annotated[kind, read]
    return Parameter(entry.field, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _is_parsed(entry: Declaration) -> bool:
    """Return whether `_value` reads the text, which says what is wrong in words of ours."""
    return entry.items is not None or entry.kind in (int, float)


def _help(entry: Declaration) -> str:
    """Return the help of an option with its default, in words where these say more."""
    usual = entry.option.usual
    if usual is None and entry.kind is not bool and entry.default not in (None, ()):
        usual = str(entry.default)
    return entry.option.help if usual is None else f"{entry.option.help} [default: {usual}]"


def _value(entry: Declaration, given: Any) -> Any:
    """Return the value of an option from what Typer has read.

    Raises:
        ConfigError: it cannot be used.
        BadParameter: it is no number.
    """
    if entry.items is str:
        variables = [os.environ.get(variable(entry.name), "")]
        given = texts_in(given or variables) or entry.default
    elif _is_parsed(entry):
        read = number_in if entry.items is None else numbers_in
        given = read(entry, given) if given else entry.default
    convert = entry.option.convert
    return given if convert is None or given is None else convert(given)
