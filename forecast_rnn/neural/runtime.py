"""How torch uses this machine: matrix precision, threads, device."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

from forecast_rnn.errors import ConfigError

PROCESSORS = Path("/proc/cpuinfo")
ZEN_5 = 26  # family of the first AMD cores that multiply 512 bits at once

WIDE = 256
"""From this hidden size on oneDNN multiplies faster than MKL on all processors measured."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Where networks compute.

    Attributes:
        device: What computes.
        threads: Of the processor.
        bfloat16: Whether training multiplies matrices in it.
    """

    device: torch.device
    threads: int
    bfloat16: bool = False


@dataclass(frozen=True, slots=True)
class _Settings:
    """What torch keeps for a whole process, and would else keep after our work."""

    threads: int
    precision: str

    @staticmethod
    def now() -> "_Settings":
        return _Settings(torch.get_num_threads(), torch.get_float32_matmul_precision())

    def apply(self) -> None:
        torch.set_num_threads(self.threads)
        torch.set_float32_matmul_precision(self.precision)


@dataclass(slots=True)
class _Blocks:
    """How many blocks of work are open in all threads, and the settings before the first."""

    lock: threading.Lock
    open: int = 0
    before: _Settings | None = None


_blocks = _Blocks(threading.Lock())


@contextmanager
def torch_set(threads: int | None, device: torch.device, hidden_size: int | None) -> Iterator[None]:
    """Work with a number of threads and a matrix precision, and leave torch set as it was.

    Blocks may lie in each other, and overlap in several threads: once all have ended, torch is set
    as before the first of them.

    Args:
        threads: Of the processor; None for as many as torch is set to.
        device: What computes.
        hidden_size: Of the networks; None for a size that the recipe chooses.
    """
    with _blocks.lock:
        before = _Settings.now()
        if not _blocks.open:
            _blocks.before = before
        _blocks.open += 1
    try:
        _Settings(threads or before.threads, matrix_precision(device, hidden_size)).apply()
        yield
    finally:
        with _blocks.lock:
            _blocks.open -= 1
            last = before if _blocks.open or _blocks.before is None else _blocks.before
            last.apply()


def matrix_precision(device: torch.device, hidden_size: int | None) -> str:
    """Return by what float32 matrices are multiplied; None for a size that the recipe chooses.

    `medium` lets oneDNN multiply, and tensor cores on a graphics card; on a processor without
    bfloat16 the error stays the same. It is a little faster with large products, and much slower
    with the small ones of a narrow network, but where MKL uses half of what a processor can.
    """
    narrow = hidden_size is None or hidden_size < WIDE
    by_mkl = narrow and not _halved_by_mkl(_processor())
    return "highest" if device.type == "cpu" and by_mkl else "medium"


def _halved_by_mkl(processor: Mapping[str, str]) -> bool:
    """Tell whether MKL, which takes AVX2 on all of AMD, leaves out units twice as wide."""
    family = processor.get("cpu family", "")
    amd = processor.get("vendor_id") == "AuthenticAMD"
    return amd and family.isdecimal() and int(family) >= ZEN_5


def takes_bfloat16(precision: str, device: torch.device) -> bool:
    """Tell whether training is to multiply in bfloat16.

    Raises:
        ConfigError: it is to, but the device would have to imitate it, which is slower.
    """
    if precision == "float32":
        return False
    processor = _processor()
    features = {*processor.get("flags", processor.get("Features", "")).split()}  # x86, ARM
    known = {
        "cuda": torch.cuda.is_available() and torch.cuda.is_bf16_supported(False),
        "cpu": bool({"avx512_bf16", "amx_bf16", "bf16"} & features),
    }
    if not known.get(device.type, False):
        kind = "processor" if device.type == "cpu" else f"{device.type} device"
        raise ConfigError(
            f"this {kind} does not multiply in bfloat16, and imitating it would be slower than "
            "float32; leave out --precision bfloat16."
        )
    return True


def _processor() -> dict[str, str]:
    """Return what Linux says of the first processor; nothing elsewhere."""
    try:
        lines = PROCESSORS.read_text(errors="replace").split("\n\n")[0].splitlines()
    except OSError:
        return {}
    named = (line.partition(":") for line in lines)
    return {name.strip(): value.strip() for name, _, value in named}


def choose_device(name: str) -> torch.device:
    """Return the device of that name; `auto` takes CUDA, then MPS, then the processor.

    Raises:
        ConfigError: the machine has no such device.
    """
    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        return torch.device(next(kind for kind, there in available.items() if there))
    if not available[name]:
        raise ConfigError(f"this machine has no {name} device; use --device auto or --device cpu.")
    return torch.device(name)


def usable_cores() -> int:
    """Return the processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not there on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
