"""Windows are normalised by nothing but themselves."""

import math

import torch

from forecast_rnn.neural.scaling.windows import CLIP, normalise, windows_of

NAN = math.nan


def normal_of(*windows, season=2, floor=0.0, relative=False):
    values = torch.tensor([windows], dtype=torch.float64)
    windows = windows_of(values.nan_to_num(0), (~values.isnan()).float())
    return normalise(windows, season, floor, relative=relative)


def scale_of(*windows, season=2, floor=0.0, relative=False):
    return normal_of(*windows, season=season, floor=floor, relative=relative)[1]


def test_level_is_the_mean_of_the_last_season_and_size_the_mean_deviation_from_it():
    scale = scale_of([1.0, 2.0, 4.0, 8.0])

    assert scale.level.item() == 6  # (4 + 8) / 2
    assert scale.size.item() == (5 + 4 + 2 + 2) / 4


def test_missing_values_are_left_out():
    scale = scale_of([1.0, NAN, 4.0, NAN])

    assert scale.level.item() == 4
    assert scale.size.item() == (3 + 0) / 2


def test_a_last_season_without_observations_gives_way_to_the_whole_window():
    scale = scale_of([1.0, 3.0, NAN, NAN])

    assert scale.level.item() == 2
    assert scale.size.item() == 1


def test_floor_is_added_in_units_of_the_window_where_it_is_relative():
    absolute = scale_of([10.0, 10.0], floor=0.5)
    relative = scale_of([10.0, 10.0], floor=0.5, relative=True)

    assert absolute.size.item() == 0.5
    assert relative.size.item() == 5


def test_a_window_without_size_is_divided_by_one():
    assert scale_of([3.0, 3.0]).size.item() == 1
    assert scale_of([NAN, NAN]).size.item() == 1


def test_missing_values_become_zero_and_outliers_are_cut():
    normal, _ = normal_of([*[1.0] * 98, 1000.0, NAN, 1.0], season=1)

    assert normal[0, 0, -2] == 0
    assert normal[0, 0, -3] == CLIP
    assert normal[0, 0, -1] == 0


def test_restore_undoes_apply():
    scale = scale_of([1.0, 2.0, 4.0, 8.0], floor=0.1)
    values = torch.randn(1, 1, 7, dtype=torch.float64)

    torch.testing.assert_close(scale.restore(scale.apply(values)), values, rtol=1e-5, atol=1e-5)


def test_float32_begins_only_after_the_level_is_taken_off():
    scale = scale_of([1e9, 1e9 + 2.0])

    assert scale.apply(torch.tensor([[[1e9 + 3.0]]], dtype=torch.float64)).item() == 2
