"""How torch uses this machine."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import numpy as np
import pytest
import torch

from forecast_rnn.errors import ConfigError
from forecast_rnn.neural import runtime
from forecast_rnn.neural.fitting.recipe import SIZES
from forecast_rnn.neural.network.batch import load_table
from forecast_rnn.neural.runtime import WIDE, matrix_precision, takes_bfloat16, torch_set
from forecast_rnn.neural.scaling.transform import Transform
from tests.panels import panel_of

CPU = torch.device("cpu")


def settings() -> tuple[int, str]:
    return torch.get_num_threads(), torch.get_float32_matmul_precision()


def test_torch_is_set_within_a_block_and_as_before_after_it():
    before = settings()

    with torch_set(3, CPU, WIDE):
        assert settings() == (3, "medium")
        with torch_set(2, CPU, WIDE):
            assert settings() == (2, "medium")
        assert settings() == (3, "medium")

    assert settings() == before


def test_without_a_number_there_are_as_many_threads_as_before():
    before, _ = settings()

    with torch_set(None, CPU, None):
        assert torch.get_num_threads() == before


def test_a_block_that_fails_leaves_torch_as_it_was():
    before = settings()

    with pytest.raises(ValueError, match="odd"), torch_set(3, CPU, WIDE):
        raise ValueError("odd")

    assert settings() == before


def test_when_blocks_of_two_threads_overlap_the_last_to_end_leaves_torch_as_before_the_first():
    precision, begun, ended = torch.get_float32_matmul_precision(), Event(), Event()

    def other() -> None:
        with torch_set(1, CPU, WIDE):
            begun.set()
            ended.wait(10)

    with ThreadPoolExecutor(1) as pool:
        with torch_set(1, CPU, WIDE):
            running = pool.submit(other)
            begun.wait(10)
        ended.set()
        running.result()

    assert torch.get_float32_matmul_precision() == precision == "highest"


def test_a_table_on_the_processor_is_no_copy_of_the_panel():
    panel = panel_of([1.0, 2.0, 3.0])

    table = load_table(panel, Transform("log"), 0.1, torch.device("cpu"))

    assert np.shares_memory(table.values.numpy(), panel.values)


ZEN_5 = {"vendor_id": "AuthenticAMD", "cpu family": "26"}


@pytest.mark.parametrize(
    ("processor", "device", "hidden_size", "precision"),
    [
        ({}, "cpu", WIDE - 1, "highest"),
        ({}, "cpu", None, "highest"),
        ({}, "cpu", WIDE, "medium"),
        ({}, "cuda", None, "medium"),
        (ZEN_5, "cpu", None, "medium"),
        (ZEN_5 | {"cpu family": "25"}, "cpu", None, "highest"),
        (ZEN_5 | {"vendor_id": "GenuineIntel"}, "cpu", None, "highest"),
    ],
)
def test_narrow_networks_multiply_by_mkl_where_that_uses_the_whole_processor(
    monkeypatch: pytest.MonkeyPatch,
    processor: dict[str, str],
    device: str,
    hidden_size: int | None,
    precision: str,
):
    monkeypatch.setattr(runtime, "_processor", lambda: processor)

    assert matrix_precision(torch.device(device), hidden_size) == precision


def test_widths_of_the_recipe_are_narrow():
    assert max(size.hidden_size for size in SIZES) < WIDE


@pytest.mark.parametrize(
    ("name", "feature"),
    [("flags", "avx512_bf16"), ("flags", "amx_bf16"), ("Features", "bf16")],
)
def test_bfloat16_is_taken_where_a_processor_has_it(
    monkeypatch: pytest.MonkeyPatch, name: str, feature: str
):
    monkeypatch.setattr(runtime, "_processor", lambda: {name: f"avx2 {feature}"})

    assert takes_bfloat16("bfloat16", torch.device("cpu"))
    assert not takes_bfloat16("float32", torch.device("cpu"))


@pytest.mark.parametrize("device", ["cpu", "mps"])
def test_bfloat16_that_would_be_imitated_is_refused(monkeypatch: pytest.MonkeyPatch, device: str):
    monkeypatch.setattr(runtime, "_processor", lambda: {"flags": "avx2"})

    with pytest.raises(ConfigError, match="leave out --precision bfloat16"):
        takes_bfloat16("bfloat16", torch.device(device))


def test_what_linux_says_of_the_processor_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    cpuinfo = "processor\t: 0\nflags\t\t: fpu avx512_bf16\n\nprocessor\t: 1\nflags\t\t: fpu\n"
    (tmp_path / "cpuinfo").write_text(cpuinfo)
    monkeypatch.setattr(runtime, "PROCESSORS", tmp_path / "cpuinfo")

    assert runtime._processor() == {"processor": "0", "flags": "fpu avx512_bf16"}

    monkeypatch.setattr(runtime, "PROCESSORS", tmp_path / "nowhere")
    assert runtime._processor() == {}
