"""Text of the command line taken as it is, where Typer would load Pydantic to look at it.

Loading Pydantic takes as long as loading NumPy. What is text, a path or a switch needs no check
beyond those that follow in the commands; everything else goes to Typer.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args


def read_plainly(parameters: Iterable[Any]) -> None:
    """Let parameters of Typer take text without Pydantic."""
    for parameter in parameters:
        if getattr(parameter, "_runtime_param", True) is None:
            parameter._runtime_param = _Plain(parameter)


class _Plain:
    """Stands for what Typer builds to check the values of a parameter, until it is needed."""

    def __init__(self, parameter: Any) -> None:
        self._parameter = parameter

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the value of a parameter: text, paths, switches and lists of text as they are."""
        kinds = {
            kind for kind in _kinds(param.type_descriptor.annotation) if kind is not type(None)
        }
        if param.multiple or param.nargs == -1:
            if value is None:
                return ()
            if kinds == {list[str]} and all(type(one) is str for one in value):
                return list(value)
        elif value is None or (len(kinds) == 1 and type(value) in kinds):
            return value
        elif (
            kinds == {Path}
            and type(value) is str
            and not param.type_descriptor.parameter_info.exists
        ):
            return Path(value)
        self._parameter._runtime_param = None
        return self._parameter.get_runtime_param().coerce(value, param=param, ctx=ctx)


def _kinds(annotation: Any) -> tuple[Any, ...]:
    """Return the types that an annotation is one of."""
    return (annotation,) if annotation == list[str] else get_args(annotation) or (annotation,)
