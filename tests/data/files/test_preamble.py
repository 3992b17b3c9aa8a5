"""What stands above the header."""

import pytest

from forecast_rnn.data.hints import Hints
from forecast_rnn.errors import ConfigError, DataError
from tests.data.conftest import Read

ROWS = "".join(f"2024-03-{day:02},{day},{day}\n" for day in range(1, 29))


@pytest.mark.parametrize("above", ["# made by a logger\n", "#\n# Site: North, South\n\n"])
def test_comments_are_left_out_and_this_is_said(read: Read, above: str) -> None:
    panel, findings = read(f"{above}ds,y,z\n{ROWS}", Hints(target=("y",)))

    assert panel.values.tolist() == list(range(1, 29))
    assert "begin with '#' are left out" in findings.warnings[0]


def test_a_header_may_begin_with_a_mark_of_comments(read: Read) -> None:
    panel, findings = read(f"# a logger\n# ds,y,z\n{ROWS}", Hints(target=("y",)))

    assert panel.schema.timestamp == "ds"
    assert "1 line above" in findings.warnings[0]


def test_a_title_is_refused_with_the_line_of_the_header_and_skipped_by_it(read: Read) -> None:
    text = f"Report\nSite: North\n\nds,y,z\n{ROWS}"

    with pytest.raises(DataError, match=r"Remove it, or pass --header-line 4"):
        read(text)
    panel, _ = read(text, Hints(header_line=4, target=("y",)))

    assert panel.values.tolist() == list(range(1, 29))
    assert panel.schema.header_line == 4


def test_lines_keep_their_numbers(read: Read) -> None:
    text = f"# one\n# two\nds,y,z\n{ROWS}2024-03-29,x,1\n"

    with pytest.raises(DataError, match="line 32, column y: 'x' is not a number"):
        read(text, Hints(target=("y",)))


def test_a_line_that_is_not_there_is_refused(read: Read) -> None:
    with pytest.raises(DataError, match="has 29 lines, so --header-line 99 is none"):
        read(f"ds,y,z\n{ROWS}", Hints(header_line=99))


def test_lines_are_counted_from_1() -> None:
    with pytest.raises(ConfigError, match="header line is 0; lines are counted from 1"):
        Hints(header_line=0)
