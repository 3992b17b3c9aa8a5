"""A forecaster saved is the forecaster loaded; anything else in a bundle is refused."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from forecast_rnn.config import Task
from forecast_rnn.data.panels import origins
from forecast_rnn.errors import BundleError
from forecast_rnn.evaluation.calibration import Calibration
from forecast_rnn.forecasting.dependence import Dependence
from forecast_rnn.neural.bundle.folder import read_bundle, write_bundle
from forecast_rnn.neural.bundle.saving import load_model, save_model
from forecast_rnn.neural.cells import CELLS
from forecast_rnn.neural.heads import VALUED
from forecast_rnn.neural.inference.classes import fit_classes
from forecast_rnn.neural.network.encoding import Encoding
from forecast_rnn.neural.network.network import build_network
from tests.neural.inference.test_forecaster import LOG, MODEL, forecaster_of, wave
from tests.panels import panel_of

CPU = torch.device("cpu")


@pytest.fixture
def panel():
    return panel_of([*wave(30), math.nan], wave(12, 3.0))


@pytest.fixture
def folder(tmp_path, panel):
    save_model(tmp_path / "model", forecaster_of(panel), panel, {"seed": 1})
    return tmp_path / "model"


def rewritten(folder, **changes):
    """The bundle with other values in its description, every checksum right."""
    bundle = read_bundle(folder)
    description = json.loads(json.dumps(bundle.description))
    for path, value in changes.items():
        *parents, name = path.split("__")
        place = description
        for parent in parents:
            place = place[parent]
        place[name] = value
    write_bundle(folder, description, bundle.tensors, lambda: iter([bundle.series]))


@pytest.mark.parametrize(
    "change", [{"cell": cell} for cell in CELLS] + [{"head": head} for head in VALUED], ids=str
)
def test_a_loaded_forecaster_gives_the_same_bytes(tmp_path, panel, change):
    forecaster = forecaster_of(panel, model=replace(MODEL, **change))
    forecaster = replace(
        forecaster,
        dependence=Dependence(0.2, -0.37),
        calibration=Calibration((0.5, 1.3), ((0.7, 1.2),) * 5),
        nonnegative=True,
        rounded=True,
        fallback=(("a",), ("",)),
    )
    save_model(tmp_path / "model", forecaster, panel, {})

    loaded, series = load_model(tmp_path / "model", CPU)

    rows = origins.last(panel)
    np.testing.assert_array_equal(loaded.quantiles(series, rows), forecaster.quantiles(panel, rows))
    assert replace(loaded, networks=()) == replace(forecaster, networks=())


def test_the_series_come_back_as_they_were(folder, panel):
    _, loaded = load_model(folder, CPU)

    np.testing.assert_array_equal(loaded.values, panel.values)
    np.testing.assert_array_equal(loaded.indptr, panel.indptr)
    assert loaded.items.equals(panel.items)
    assert loaded.starts.equals(panel.starts)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("model__cell", "transformer", "no cell 'transformer'"),
        ("model__head", "crystal ball", "no head 'crystal ball'"),
        ("model__head", "poisson", "tensor"),
        ("model__hidden_size", 10**9, "hidden size is 1000000000"),
        ("model__hidden_size", 4096, "too small for the model"),
        ("model__hidden_size", "6", "hidden_size is '6'"),
        ("model__stride", True, "stride is True"),
        ("model__color", "red", "fields of this version"),
        ("task__quantile_levels", [0.5, "x"], "quantile_levels"),
        ("task__horizon", 7, "tensor"),
        ("transform__name", "square", "no transform 'square'"),
        ("frequency__grid", "lunar", "grid is 'lunar'"),
        ("members", 3, "tensor '2."),
        ("members", 0, "members 0"),
        ("floor", "low", "floor 'low'"),
        ("dependence", 1.0, "dependence does not have the fields"),
        ("dependence__share", 1.0, "share is 1.0"),
        ("dependence__decay", "0", "decay is '0'"),
        ("calibration__scores", [1.0, 0.5], "must increase"),
        ("calibration__factors", [[1.0]], "must lie in"),
        ("calibration__factors", [[], []], "calibration is of 2 steps"),
        ("nonnegative", 1, "nonnegative is '1'"),
        ("rounded", 1, "rounded is '1'"),
        ("fallback", "a", "fallback is 'a'"),
        ("fallback", [1], "fallback is"),
        ("surprise", 1, "surprise"),
    ],
)
def test_what_this_version_does_not_know_is_refused_by_name(folder, path, value, message):
    rewritten(folder, **{path: value})

    with pytest.raises(BundleError, match=message):
        load_model(folder, CPU)


@pytest.fixture
def class_folder(tmp_path, panel):
    task = Task(horizon=5, season_length=4, quantile_levels=(), classes=3)
    model = replace(MODEL, head="direction")
    forecaster = replace(
        forecaster_of(panel),
        task=task,
        model=model,
        networks=(build_network(model, task, Encoding(), 0),),
        classes=fit_classes(panel, LOG, 0.02, model, task),
    )
    save_model(tmp_path / "classes", forecaster, panel, {})
    return tmp_path / "classes"


def test_classes_come_back_as_they_were(class_folder, panel):
    loaded, series = load_model(class_folder, CPU)

    save_model(class_folder.with_name("again"), loaded, series, {})

    for name in ("manifest.json", "weights.safetensors", "series.parquet"):
        again = class_folder.with_name("again") / name
        assert (class_folder / name).read_bytes() == again.read_bytes()


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("classes__edges", [0.0], "classes do not suit"),
        ("classes__edges", [0.5, 0.5], "must increase"),
        ("classes__edges", ["a", "b"], "edges is"),
        ("classes__shares", [[0.5, 0.5]] * 5, "classes do not suit"),
        ("classes__shares", [[0.5, 0.2, 0.3]] * 4, "classes do not suit"),
        ("classes__shares", [[0.5, 0.9, 0.3]] * 5, "must sum to 1"),
        ("classes__temperature", 99.0, "temperature is 99"),
        ("task__classes", 10**9, "classes is 1000000000"),
        ("task__classes", 2, "classes do not suit"),
        ("task__quantile_levels", [0.5], "no quantiles"),
        ("model__head", "normal", "classes do not suit"),
    ],
)
def test_classes_that_do_not_fit_are_refused(class_folder, path, value, message):
    rewritten(class_folder, **{path: value})

    with pytest.raises(BundleError, match=message):
        load_model(class_folder, CPU)


def test_a_missing_part_is_refused_by_name(folder):
    bundle = read_bundle(folder)
    description = {name: part for name, part in bundle.description.items() if name != "task"}
    write_bundle(folder, description, bundle.tensors, lambda: iter([bundle.series]))

    with pytest.raises(BundleError, match="task"):
        load_model(folder, CPU)
