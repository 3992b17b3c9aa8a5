import json
import os
import signal
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from typer.testing import CliRunner

import forecast_rnn.api
from forecast_rnn.cli import app
from forecast_rnn.cli.pretrain import held_signals
from forecast_rnn.data.hints import Hints

RECORD = SimpleNamespace(steps=100, loss=1.23456, gradient_norm=0.987, rate=0.002)


class Recorder:
    """Stands for `api.pretrain`: keeps what it was called with, and returns a fixed outcome."""

    def __init__(self):
        self.calls, self.signal, self.went_on = [], None, []

    def __call__(self, data, **named):
        named.pop("on_found")(SimpleNamespace(facts={"target": "sales"}, warnings=("odd.",)))
        if self.signal is not None:
            os.kill(os.getpid(), self.signal)
        on_step = named.pop("on_step")
        self.went_on = [on_step(None), on_step(RECORD)]
        self.calls.append({"data": data} | named)
        steps = 100 if self.signal else 14_000
        manifest = {"steps": steps, "plan": {"steps": 14_000}, "loss": 1.2, "sha256": "ab"}
        return SimpleNamespace(
            path=named["out"], manifest=manifest, finished=self.signal is None, folder=Path("x")
        )


@pytest.fixture
def api(monkeypatch):
    module = ModuleType("forecast_rnn.api.pretrain")
    module.pretrain = Recorder()
    module.Pretraining = lambda **named: SimpleNamespace(**named)
    monkeypatch.setitem(sys.modules, "forecast_rnn.api.pretrain", module)
    monkeypatch.setattr(forecast_rnn.api, "pretrain", module, raising=False)
    return module.pretrain


def run(*words):
    return CliRunner().invoke(app, ["pretrain", *words])


def test_without_data_a_prior_is_trained_as_the_shipped_one_was(api):
    result = run()

    assert result.exit_code == 0, result.output
    call = api.calls[0]
    assert call["data"] == ()
    assert call["hints"] == Hints()
    assert call["out"] == Path("prior.safetensors")
    expected = {"cell": "gru", "layers": 2, "steps": 14_000, "seed": 0, "threads": None}
    assert vars(call["config"]) == {**expected, "like": None, "share": 0.3}


def test_options_arrive(api):
    words = "--cell lstm --layers 3 --steps 50 --seed 7 --threads 2 --like g --own-share 0.5"

    run("a.csv", "b.csv", *words.split(), "-o", "own.safetensors", "--time", "day")

    call = api.calls[0]
    assert list(call["data"]) == ["a.csv", "b.csv"]
    assert call["hints"].time == "day"
    assert call["out"] == Path("own.safetensors")
    expected = {"cell": "lstm", "layers": 3, "steps": 50, "seed": 7, "threads": 2}
    assert vars(call["config"]) == {**expected, "like": Path("g"), "share": 0.5}


def test_records_are_lines_on_standard_error(api):
    result = run()

    assert result.stdout == ""
    assert "step 100 of 14,000: loss 1.2346, gradient 0.99, rate 0.002\n" in result.stderr
    assert "wrote  prior.safetensors\n" in result.stderr
    assert "warning: odd.\n" in result.stderr


def test_quiet_leaves_warnings_alone(api):
    assert run("--quiet").stderr == "warning: odd.\n"


def test_the_manifest_goes_to_standard_output_as_json(api):
    document = json.loads(run("--json").stdout)

    assert document["format"] == 1
    assert document["prior"] == "prior.safetensors"
    assert document["finished"] is True
    assert document["sha256"] == "ab"


@pytest.fixture
def heeded():
    """SIGINT is heeded, which a process in the background is told to ignore."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeded")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_training_after_its_step_and_says_how_to_go_on(api, number):
    api.signal = number

    result = run()

    assert api.went_on == [False, False]
    assert result.exit_code == 128 + number
    assert "the same command again goes on" in result.stderr


def test_signals_are_as_before_after_the_first_and_in_the_end():
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]

    with held_signals() as caught:
        os.kill(os.getpid(), signal.SIGTERM)
        assert caught == [signal.SIGTERM]
        assert [signal.getsignal(number) for number in numbers] == before

    assert [signal.getsignal(number) for number in numbers] == before


def test_defaults_are_those_of_the_library():
    from forecast_rnn.api.pretrain import Pretraining

    usual = Pretraining()
    help_text = " ".join(run("--help").output.split())

    for value in (usual.cell, usual.layers, usual.steps, usual.seed, usual.share):
        assert f"[default: {value}]" in help_text
