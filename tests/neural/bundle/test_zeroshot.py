"""A forecast without training saved is the one loaded; anything else in a bundle is refused."""

from dataclasses import replace

import numpy as np
import pytest

from forecast_rnn.data.panels import origins
from forecast_rnn.errors import BundleError, ConfigError
from forecast_rnn.forecasting.fitting import fit, with_paths
from forecast_rnn.neural.bundle.folder import read_bundle, write_bundle
from forecast_rnn.neural.bundle.models import load, save
from tests.forecasting.test_zeroshot import PRIOR, TASK, quantiles, waves
from tests.panels import panel_of


@pytest.fixture(scope="module")
def panel():
    return panel_of(waves(60), waves(60, 1))


@pytest.fixture(scope="module")
def forecaster(panel):
    found = with_paths(fit(panel, TASK, PRIOR), panel).forecaster
    return replace(found, fallback=(("a",),))


@pytest.fixture
def folder(tmp_path, panel, forecaster):
    save(tmp_path / "model", forecaster, panel, {"seed": 1})
    return tmp_path / "model"


def test_a_loaded_forecaster_gives_the_same_bytes(folder, panel, forecaster):
    loaded, series = load(folder, "auto", None)

    rows = origins.last(panel)
    np.testing.assert_array_equal(
        quantiles(loaded, series, rows), quantiles(forecaster, panel, rows)
    )
    names = ("task", "dependence", "calibration", "nonnegative", "fallback", "rounded", "schema")
    assert all(getattr(loaded, name) == getattr(forecaster, name) for name in names)
    assert loaded.combination.weights == forecaster.combination.weights


def test_the_same_is_written_twice_byte_for_byte(folder, tmp_path, panel, forecaster):
    save(tmp_path / "again", *load(folder, "cpu", None), {"seed": 1})

    for path in folder.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


def test_a_device_that_there_is_not_is_refused(folder):
    with pytest.raises(ConfigError, match="no device 'abacus'"):
        load(folder, "abacus", None)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("rounded", 1, "rounded is 1"),
        ("nonnegative", "yes", "nonnegative is 'yes'"),
        ("fallback", [1], "fallback"),
        ("task__horizon", 0, "horizon is 0"),
        ("task__horizon", 5, "calibration is of 4 steps"),
        ("dependence__share", 2, "share is 2"),
        ("calibration__factors", [[9.0]] * 4, "factors"),
        ("extra", 1, "extra"),
        ("combination", [], "combination is"),
        ("combination__more", 1, "more"),
        ("combination__weights", [0.5, 0.5], "weights are"),
        ("combination__weights", [0.5, 0.5, 0.5], "weights are"),
        ("combination__weights", [1.5, -0.5, 0], "weights are"),
        ("combination__weights", ["a", 0, 1], "weights"),
        ("combination__baselines", ["ridge", "oracle"], "oracle"),
        ("combination__baselines", ["ridge", "auto_ets"], "auto_ets"),
        ("combination__baselines", "ridge", "baselines"),
        ("combination__priors", [], "weights are"),
        ("combination__priors", {}, "sources"),
        ("combination__priors", ["x", "y"], "weights are"),
        ("combination__priors__0__design__hidden_size", 64, "does not fit"),
        ("combination__priors__0__design__hidden_size", 10**9, "out of range"),
        ("combination__priors__0__design__cell", "slstm", "out of range"),
        ("combination__priors__0__design__layers", 1, "does not fit"),
        ("combination__priors__0__second_season", -1, "out of range"),
        ("combination__priors__0__second_season", 1.5, "second_season"),
        ("combination__priors__0__name", None, "name"),
        ("kind", "oracle", "kind"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(folder, path, value, message):
    places = [int(name) if name.isdecimal() else name for name in path.split("__")]
    bundle = read_bundle(folder)
    place = bundle.description
    for name in places[:-1]:
        place = place[name]
    place[places[-1]] = value
    write_bundle(folder, bundle.description, bundle.tensors, lambda: iter([bundle.series]))

    with pytest.raises(BundleError, match=message):
        load(folder, "cpu", None)


def test_a_bundle_without_any_prior_is_refused(folder):
    bundle = read_bundle(folder)
    bundle.description["combination"] |= {"priors": [], "weights": [0.5, 0.5]}
    write_bundle(folder, bundle.description, {}, lambda: iter([bundle.series]))

    with pytest.raises(BundleError, match="no prior"):
        load(folder, "cpu", None)


@pytest.mark.parametrize("change", ["missing", "extra", "shape"])
def test_other_weights_are_refused(folder, change):
    bundle = read_bundle(folder)
    tensors = dict(bundle.tensors)
    name = next(iter(tensors))
    if change == "extra":
        tensors["prior.1.x"] = tensors[name]
    else:
        part = tensors.pop(name)
        tensors |= {name: part[:1]} if change == "shape" else {}
    write_bundle(folder, bundle.description, tensors, lambda: iter([bundle.series]))

    with pytest.raises(BundleError, match="does not fit"):
        load(folder, "cpu", None)


def test_a_flipped_byte_is_seen(folder):
    path = folder / "weights.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)

    with pytest.raises(BundleError, match="is damaged"):
        load(folder, "cpu", None)
