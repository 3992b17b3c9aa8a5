"""How messages show cells and lists."""

from forecast_rnn.data.words import counted, listed, shown


def test_a_cell_is_shown_short_and_without_control_characters() -> None:
    assert shown("a\x1b[31m\n") == r"'a\x1b[31m\n'"
    assert shown("x" * 100, 5) == "'xxxxx…'"


def test_many_parts_are_cut_and_numbers_agree_with_their_noun() -> None:
    assert listed(["a", "b", "c"], 2) == "a, b and 1 more"
    assert (counted(1, "row"), counted(2000, "row")) == ("1 row", "2,000 rows")
