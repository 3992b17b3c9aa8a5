import shlex

import numpy as np
import pytest

from forecast_rnn import Hints, Pretraining, pretrain
from forecast_rnn.errors import ConfigError, DataError
from forecast_rnn.neural.pretraining import crops, samples
from forecast_rnn.prior.weights import read_prior

CSV = "time,y\n" + "".join(f"2024-{month:02d}-01,{month % 5}\n" for month in range(1, 13))


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(samples, "ROWS", 200)
    monkeypatch.setattr(samples, "ORIGINS", 40)
    monkeypatch.setattr(crops, "ROWS", 200)


@pytest.fixture
def sales(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text(CSV)
    return path


def config(**named):
    return Pretraining(**{"steps": 2, "layers": 1, "threads": 1, **named})


def same(one, other):
    weights, others = read_prior(one).weights, read_prior(other).weights
    return all(np.array_equal(weights[name], others[name]) for name in weights)


def test_a_prior_says_how_it_came_about_and_how_to_repeat_it(tmp_path, sales):
    out = tmp_path / "own.safetensors"

    done = pretrain([sales], out=out, config=config(cell="mingru", share=0.5))

    prior = read_prior(out)
    assert done.finished
    assert prior.design.cell == "mingru"
    assert prior.manifest == done.manifest
    assert prior.manifest["plan"]["share"] == 0.5
    assert len(prior.manifest["plan"]["own"]) == 64
    expected = f"forecast-rnn pretrain {sales} --out {out} --cell mingru --layers 1 --steps 2"
    assert prior.manifest["command"] == f"{expected} --seed 0 --own-share 0.5"


def test_a_training_that_was_stopped_goes_on_as_if_it_had_never_been(tmp_path, sales):
    whole, parts = tmp_path / "whole.safetensors", tmp_path / "parts.safetensors"
    options = {"data": [sales], "config": config(steps=3)}

    pretrain(out=whole, **options)
    stopped = pretrain(out=parts, on_step=lambda _: False, **options)
    assert not stopped.finished
    assert stopped.manifest["steps"] == 1
    pretrain(out=parts, **options)

    assert same(whole, parts)


def test_own_series_change_what_is_learnt_and_no_step_of_a_run_without(tmp_path, sales):
    paths = [tmp_path / f"{name}.safetensors" for name in ("none", "unused", "used")]

    pretrain(out=paths[0], config=config())
    pretrain([sales], out=paths[1], config=config(share=0.0))
    pretrain([sales], out=paths[2], config=config(share=1.0))

    assert same(paths[0], paths[1])
    assert not same(paths[0], paths[2])


def test_a_run_with_other_data_does_not_go_on_from_its_checkpoint(tmp_path, sales):
    out = tmp_path / "own.safetensors"
    pretrain(out=out, config=config())

    with pytest.raises(ConfigError, match=r"own data.*another --out"):
        pretrain([sales], out=out, config=config())


def test_training_may_begin_from_a_prior(tmp_path):
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    pretrain(out=first, config=config())

    done = pretrain(out=second, config=config(like=first, steps=1))

    assert done.manifest["plan"]["like"] == read_prior(first).manifest["sha256"]
    assert f"--like {shlex.quote(str(first))}" in done.manifest["command"]


@pytest.mark.parametrize(
    ("named", "said"),
    [({"cell": "elman"}, "gru, lstm, mingru"), ({"steps": 0}, "steps"), ({"share": 2.0}, "share")],
)
def test_what_cannot_be_is_refused(named, said):
    with pytest.raises(ConfigError, match=said):
        config(**named)


def test_a_file_of_another_name_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"\.safetensors"):
        pretrain(out=tmp_path / "prior.bin", config=config())


def test_data_too_short_to_learn_from_are_refused(tmp_path):
    path = tmp_path / "short.csv"
    path.write_text("time,y\n2024-01-01,1\n2024-01-02,2\n2024-01-03,3\n")

    with pytest.raises(DataError, match="four rows"):
        pretrain([path], out=tmp_path / "own.safetensors", hints=Hints(), config=config())
