import importlib

import pytest

from forecast_rnn.neural.cells import CELL_NOTES, CELLS


def test_every_cell_has_a_note():
    assert list(CELL_NOTES) == list(CELLS)


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize(("inputs", "hidden_size"), [(1, 1), (3, 5)])
def test_the_formula_counts_the_parameters(name, inputs, hidden_size):
    module, _, class_name = CELLS[name].partition(":")
    cell_class = getattr(importlib.import_module(f"forecast_rnn.neural.cells.{module}"), class_name)
    formula = CELL_NOTES[name].parameters.replace("·", "*")

    count = sum(weight.numel() for weight in cell_class(inputs, hidden_size).parameters())

    assert eval(formula, {"C": inputs, "D": hidden_size}) == count
