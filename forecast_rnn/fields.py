"""An option of the command line, declared beside the field of a dataclass that takes its value.

layers: Annotated[int | None, Option("Recurrent layers.", panel=MODEL, usual="chosen")] = None

is all that the option `--layers` takes: its help, its environment variable and its place in the
command of a report follow from it.
"""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

DATA, MODEL, TRAINING, EVALUATION, OUTPUT = "Data", "Model", "Training", "Evaluation", "Output"
PANELS = (DATA, MODEL, TRAINING, EVALUATION, OUTPUT)
"""Groups of options, in the order that help shows them."""


@dataclass(frozen=True, slots=True)
class Option:
    """What the command line says of an option.

    Attributes:
        help: One sentence or less.
        panel: Its group, one of `PANELS`.
        metavar: What stands for the value in help; none for a switch.
        name: Its name without the dashes; None for the field's own, with dashes.
        others: Further names, with their dashes, such as `-o`.
        usual: What is taken where the default is None or nothing, in words for help.
        example: A list of numbers as users write it, for an error.
        convert: Applied to the value that was read; it may raise ConfigError.
        opposite: Whether there is `--no-NAME` too.
    """

    help: str
    panel: str
    metavar: str | None = None
    name: str | None = None
    others: tuple[str, ...] = ()
    usual: str | None = None
    example: str = ""
    convert: Callable[[Any], Any] | None = None
    opposite: bool = False


@dataclass(frozen=True, slots=True)
class Declaration:
    """A field, or a parameter of a command, that is an option.

    Attributes:
        field: Its name in Python.
        kind: Its type, `None` taken off.
        optional: Whether its type has `None`.
        default: Its default.
        option: What the command line says of it.
    """

    field: str
    kind: Any
    optional: bool
    default: object
    option: Option

    @property
    def name(self) -> str:
        """The name of the option, without the dashes."""
        return self.option.name or self.field.replace("_", "-")

    @property
    def items(self) -> type | None:
        """What a tuple holds: `str`, `int` or `float`; None if the value is no tuple."""
        return get_args(self.kind)[0] if get_origin(self.kind) is tuple else None

    @property
    def opposite(self) -> bool:
        """Whether `--no-NAME` is an option too."""
        return self.option.opposite or (self.kind is bool and self.optional)


def declaration_of(field: str, annotation: object, default: object) -> Declaration | None:
    """Read the annotation of a field or a parameter; None if it is no option."""
    if get_origin(annotation) is not Annotated:
        return None
    kind, *remarks = get_args(annotation)
    for remark in remarks:
        if isinstance(remark, Option):
            bare, optional = _without_none(kind)
            return Declaration(field, bare, optional, default, remark)
    return None


def options_in(group: type) -> list[Declaration]:
    """Return the options of a dataclass, in the order of its fields.

    Raises:
        TypeError: a field declares none, or has no default.
    """
    declarations = []
    for field in fields(group):
        declaration = declaration_of(field.name, field.type, field.default)
        if declaration is None or field.default is MISSING:
            raise TypeError(f"{group.__name__}.{field.name} needs an Option and a default.")
        declarations.append(declaration)
    return declarations


def _without_none(kind: Any) -> tuple[Any, bool]:
    """Return a type without `None`, and whether it had that; of literals their common type."""
    if get_origin(kind) in (Union, UnionType):
        inner = [part for part in get_args(kind) if part is not NoneType]
        return _without_none(inner[0])[0], len(inner) < len(get_args(kind))
    if get_origin(kind) is Literal:
        return type(get_args(kind)[0]), False
    return kind, False
