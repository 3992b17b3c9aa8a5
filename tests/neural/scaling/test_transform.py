"""The scale on which networks see the data."""

import math

import numpy as np
import pytest
import torch

from forecast_rnn.neural.scaling.transform import TRANSFORMS, Transform, choose_transform


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ([1.0, 2.0, math.nan], "log"),
        ([0.0, 2.0], "log1p"),
        ([-1.0, 2.0], "identity"),
        ([math.nan], "identity"),
        ([0.0, 0.0], "log1p"),
    ],
)
def test_sign_of_the_observed_values_decides(values, name):
    assert choose_transform(np.array(values)).name == name


def test_the_unit_follows_the_data_so_that_thousands_are_treated_as_ones():
    counts = np.array([0.0, 1.0, 1.0, 3.0, 7.0])

    assert choose_transform(counts).unit == 1
    assert choose_transform(1000 * counts).unit == 1000


@pytest.mark.parametrize("name", TRANSFORMS)
def test_inverse_undoes_forward_and_keeps_order(name):
    values = torch.tensor([0.5, 1.0, 20.0, 1e9], dtype=torch.float64)
    transform = Transform(name, 2.0)

    mapped = transform.forward(values)

    torch.testing.assert_close(transform.inverse(mapped), values)
    assert bool((mapped.diff() > 0).all())


def test_values_outside_the_domain_are_not_finite():
    values = torch.tensor([1.0, 0.0, -1.0, math.nan])

    assert Transform("log").forward(values).isfinite().tolist() == [True, False, False, False]
    assert Transform("log1p", 5.0).forward(values).isfinite().tolist() == [True, True, False, False]


def test_values_of_a_new_sign_are_counted():
    values = np.array([1.0, 0.0, -1.0, math.nan])

    counts = [Transform(name).outside(values) for name in ("log", "log1p", "identity")]

    assert counts == [2, 1, 0]


def test_a_forecast_of_counts_is_never_negative():
    assert Transform("log1p").inverse(torch.tensor([-3.0, 0.0])).tolist() == [0, 0]
