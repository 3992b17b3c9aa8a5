"""Help in panels that fit a terminal of 80 columns."""

import re

import pytest
from typer.testing import CliRunner

from forecast_rnn.cli import COMMANDS, app
from forecast_rnn.fields import PANELS

NAMES = [command.__name__ for command in COMMANDS]


def help_of(command: str, columns: int = 80) -> list[str]:
    result = CliRunner().invoke(app, [command, "--help"], terminal_width=columns)
    assert result.exit_code == 0
    return result.stdout.splitlines()


@pytest.mark.parametrize("command", NAMES)
def test_help_fits_80_columns_and_no_option_takes_more_than_two_lines(command):
    lines = help_of(command)

    assert max(map(len, lines)) <= 80
    starts = [at for at, line in enumerate(lines) if re.match(r"  -\w*", line)]
    ends = [*starts[1:], len(lines)]
    for start, end in zip(starts, ends, strict=True):
        text = [line for line in lines[start:end] if line.startswith("  ")]
        assert len(text) <= 2, "\n".join(text)


def test_options_stand_in_panels_in_their_order():
    lines = help_of("train")

    titles = [line for line in lines if line.endswith(":") and not line.startswith(" ")]
    assert titles == ["Arguments:", *(f"{panel}:" for panel in PANELS)]


def test_texts_of_all_panels_begin_in_the_same_column():
    lines = [line for line in help_of("train") if re.match(r"  -\S.* {2,}\S", line)]

    assert len(lines) > 40
    assert len({re.match(r"  -.*? {2,}", line).end() for line in lines}) == 1  # type: ignore[union-attr]


def test_a_panel_without_options_is_left_out():
    lines = help_of("cells")

    assert [line for line in lines if line.endswith(":")] == ["Output:"]


@pytest.mark.parametrize("command", ["train", "backtest", "compare"])
def test_a_wider_terminal_wraps_less(command):
    assert len(help_of(command, columns=100)) < len(help_of(command))
