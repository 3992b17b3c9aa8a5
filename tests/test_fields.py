"""What a field says of its option."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import pytest

from forecast_rnn.fields import DATA, Option, declaration_of, options_in

SAID = Option("Of something.", panel=DATA, metavar="X")


@pytest.mark.parametrize(
    ("kind", "bare", "optional", "items"),
    [
        (int, int, False, None),
        (Path | None, Path, True, None),
        (Literal["a", "b"], str, False, None),
        (Literal["a", "b"] | None, str, True, None),
        (tuple[str, ...], tuple[str, ...], False, str),
        (tuple[float, ...] | None, tuple[float, ...], True, float),
    ],
)
def test_the_type_says_what_is_read(kind, bare, optional, items):
    read = declaration_of("some_thing", Annotated[kind, SAID], None)

    assert (read.kind, read.optional, read.items) == (bare, optional, items)
    assert read.name == "some-thing"


@pytest.mark.parametrize("annotation", [int, Annotated[int, "a remark"]])
def test_what_has_no_option_is_none(annotation):
    assert declaration_of("some_thing", annotation, None) is None


@pytest.mark.parametrize(
    ("kind", "option", "opposite"),
    [
        (bool, SAID, False),
        (bool | None, SAID, True),
        (bool, Option("Of something.", panel=DATA, opposite=True), True),
    ],
)
def test_a_switch_that_may_be_left_open_can_be_turned_off(kind, option, opposite):
    assert declaration_of("refit", Annotated[kind, option], False).opposite is opposite


def test_a_name_may_be_another_than_that_of_the_field():
    option = Option("Of something.", panel=DATA, name="freq")

    assert declaration_of("frequency", Annotated[str, option], "").name == "freq"


def test_a_field_without_a_default_is_a_mistake_of_the_program():
    @dataclass(frozen=True)
    class Needy:
        layers: Annotated[int, SAID]

    with pytest.raises(TypeError, match=r"Needy\.layers"):
        options_in(Needy)
