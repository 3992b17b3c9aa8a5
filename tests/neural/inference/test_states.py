"""What is known of series, picked and put."""

import pytest
import torch

from forecast_rnn.neural.inference.states import Ending, picked, put


def ending(*values):
    contexts = ((torch.tensor(values, dtype=torch.float32)[:, None],) * 2,)
    flat = torch.tensor(values)
    return Ending(contexts, flat[:, None, None], flat[:, None, None], flat > 0, flat)


@pytest.mark.parametrize("items", [[0, 1, 2], [2, 1, 0], [0, 0, 2], [1], []])
def test_picked_is_what_is_known_of_the_items(items):
    known = ending(7, 8, 9)

    result = picked(torch.tensor(items, dtype=torch.int64), known)

    assert result.still.tolist() == [[7, 8, 9][item] for item in items]
    assert result.contexts[0][1].flatten().tolist() == result.still.tolist()
    assert (result is known) == (items == [0, 1, 2])


def test_put_changes_some_and_leaves_what_was():
    known = ending(7, 8, 9)

    result = put(known, torch.tensor([0, 2]), ending(1, 3))

    assert result.still.tolist() == [1, 8, 3]
    assert result.contexts[0][0].flatten().tolist() == [1, 8, 3]
    assert known.still.tolist() == [7, 8, 9]
