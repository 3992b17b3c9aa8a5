"""A field of a dataclass is an option of the command line, and nothing else has to be written."""

import shlex
from dataclasses import dataclass, fields
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from forecast_rnn.api.reproduce import options_of
from forecast_rnn.cli import COMMANDS, options
from forecast_rnn.cli.outcome import guarded
from forecast_rnn.cli.panels import PanelCommand
from forecast_rnn.cli.signature import Part, variable, with_options
from forecast_rnn.config import TrainConfig
from forecast_rnn.data.hints import Hints
from forecast_rnn.fields import DATA, PANELS, TRAINING, Option, options_in


@dataclass(frozen=True, kw_only=True)
class More(TrainConfig):
    """Networks with options that are new."""

    weight_decay: Annotated[
        float | None, Option("Pull to zero.", panel=TRAINING, metavar="RATE", usual="none")
    ] = None
    sizes: Annotated[
        tuple[int, ...], Option("Of batches.", panel=TRAINING, metavar="NS", example="1,2")
    ] = (8,)
    names: Annotated[tuple[str, ...], Option("Of things.", panel=DATA, metavar="NAME")] = ()
    warm: Annotated[bool | None, Option("Start warm.", panel=TRAINING)] = None


calls: list[dict[str, object]] = []


def learn(*, config: More, quantiles: options.Quantiles = None) -> None:
    """Learn."""
    calls.append({"config": config, "quantiles": quantiles})


def run(command: str, function=learn, **environment: str):
    app = typer.Typer(rich_markup_mode=None)
    app.command(cls=PanelCommand)(guarded(with_options(function)))
    calls.clear()
    return CliRunner().invoke(app, shlex.split(command), env=environment)


def test_a_new_field_is_shown_in_its_panel_with_its_default():
    lines = [" ".join(line.split()) for line in run("--help").stdout.splitlines()]

    data, model, training = (lines.index(f"{panel}:") for panel in PANELS[:3])
    assert "--names NAME Of things." in lines[data:model]
    assert "--weight-decay RATE Pull to zero. [default: none]" in lines[training:]
    assert "--seed N The same seed gives the same files. [default: 0]" in lines[training:]
    assert "--warm / --no-warm Start warm." in lines[training:]


def test_a_new_field_gets_the_value_of_its_option():
    run("--weight-decay 0.5 --sizes 1,2 --names a,b --names c --no-warm --layers 2")

    expected = More(weight_decay=0.5, sizes=(1, 2), names=("a", "b", "c"), warm=False, layers=2)
    assert calls == [{"config": expected, "quantiles": None}]


def test_a_new_field_gets_the_value_of_its_environment_variable():
    run(
        "",
        FORECAST_RNN_WEIGHT_DECAY="0.25",
        FORECAST_RNN_SIZES="4",
        FORECAST_RNN_NAMES="units sold,price",
        FORECAST_RNN_WARM="1",
        FORECAST_RNN_QUANTILES="0.9,0.5",
    )

    expected = More(weight_decay=0.25, sizes=(4,), names=("units sold", "price"), warm=True)
    assert calls == [{"config": expected, "quantiles": (0.5, 0.9)}]


def test_a_new_field_is_in_the_command_of_a_report():
    config = More(weight_decay=0.5, sizes=(1, 2), names=("a", "b"), warm=False)

    words = options_of(config, More())

    assert words == [
        *("--weight-decay", "0.5", "--sizes", "1,2", "--names", "a,b", "--no-warm"),
    ]


def test_without_options_fields_keep_their_defaults():
    run("")

    assert calls == [{"config": More(), "quantiles": None}]


def test_what_is_no_list_of_numbers_is_2_with_the_text_seen():
    result = run("--sizes 1;2")

    assert result.exit_code == 2
    assert result.stderr == "error: --sizes '1;2' must be whole numbers, such as 1,2.\n"
    assert calls == []


def test_a_command_may_take_a_part_of_the_fields():
    def part(*, config: Annotated[TrainConfig, Part(only=("seed", "device"))]) -> None:
        calls.append({"config": config})

    assert run("--seed 3", part).exit_code == 0
    assert calls == [{"config": TrainConfig(seed=3)}]
    assert run("--layers 3", part).exit_code == 2


def test_a_part_of_fields_that_are_not_there_is_a_mistake_of_the_program():
    def part(*, config: Annotated[TrainConfig, Part(without=("sede",))]) -> None:
        """Do nothing."""

    with pytest.raises(TypeError, match="TrainConfig has no field sede"):
        with_options(part)


def test_a_field_that_says_nothing_of_its_option_is_a_mistake_of_the_program():
    @dataclass(frozen=True)
    class Bare:
        layers: int = 1

    with pytest.raises(TypeError, match=r"Bare\.layers"):
        options_in(Bare)


@pytest.mark.parametrize("group", [Hints, TrainConfig])
def test_every_field_is_an_option_of_a_panel(group):
    declared = options_in(group)

    assert [option.field for option in declared] == [field.name for field in fields(group)]
    assert all(option.option.panel in PANELS for option in declared)
    assert all(bool(option.option.metavar) != (option.kind is bool) for option in declared)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_no_two_options_of_a_command_share_a_name(command):
    app = typer.Typer()
    app.command()(with_options(command))
    parameters = typer.main.get_command(app).params

    names = [
        name for parameter in parameters for name in (*parameter.opts, *parameter.secondary_opts)
    ]
    assert len(names) == len(set(names))


def test_an_environment_variable_is_the_name_of_the_option():
    assert variable("hidden-size") == "FORECAST_RNN_HIDDEN_SIZE"
