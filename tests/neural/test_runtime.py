"""How torch uses this machine."""

import platform
from pathlib import Path

import numpy as np
import pytest
import torch

from forecast_rnn.neural.batch import load_table
from forecast_rnn.neural.runtime import prepare, release_memory
from forecast_rnn.neural.transform import Transform
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
