"""How torch uses this machine."""

import platform
from pathlib import Path

import numpy as np
import pytest
import torch

from forecast_rnn.errors import ConfigError
from forecast_rnn.neural import runtime
from forecast_rnn.neural.fitting.recipe import SIZES
from forecast_rnn.neural.network.batch import load_table
from forecast_rnn.neural.runtime import WIDE, choose_precision, prepare, takes_bfloat16
from forecast_rnn.neural.scaling.transform import Transform
from forecast_rnn.system.memory import release_memory
from tests.panels import panel_of


def resident() -> int:
    """Memory that this process holds, in megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 // 2**20


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the thresholds are those of glibc")
def test_what_training_freed_goes_back_to_the_system():
    prepare(torch.get_num_threads())
    before = resident()
    blocks = [torch.ones(2**20) for _ in range(100)]
    held = resident()
    del blocks

    release_memory()

    assert held - before > 350
    assert resident() - before < 100


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
    before = torch.get_float32_matmul_precision()
    monkeypatch.setattr(runtime, "_processor", lambda: processor)

    choose_precision(torch.device(device), hidden_size)

    found = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision(before)
    assert found == precision


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
    told = "processor\t: 0\nflags\t\t: fpu avx512_bf16\n\nprocessor\t: 1\nflags\t\t: fpu\n"
    (tmp_path / "cpuinfo").write_text(told)
    monkeypatch.setattr(runtime, "PROCESSORS", tmp_path / "cpuinfo")

    assert runtime._processor() == {"processor": "0", "flags": "fpu avx512_bf16"}

    monkeypatch.setattr(runtime, "PROCESSORS", tmp_path / "nowhere")
    assert runtime._processor() == {}
