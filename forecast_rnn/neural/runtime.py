"""How torch uses this machine: memory allocator, matrix precision, threads, device."""

import os
from collections.abc import Mapping
from pathlib import Path

import torch

from forecast_rnn.errors import ConfigError
from forecast_rnn.system.memory import keep_freed

PROCESSORS = Path("/proc/cpuinfo")
ZEN_5 = 26  # family of the first AMD cores that multiply 512 bits at once

WIDE = 256
"""From this hidden size on oneDNN multiplies faster than MKL on all processors measured."""


def prepare(threads: int | None) -> int:
    """Set the allocator and thread count; return the threads to use."""
    keep_freed()
    count = threads or usable_cores()
    torch.set_num_threads(count)
    return count


def choose_precision(device: torch.device, hidden_size: int | None) -> None:
    """Choose by what float32 matrices are multiplied; None for a size of the recipe's own.

    `medium` lets oneDNN multiply, and tensor cores on a graphics card; on a processor without
    bfloat16 the error stays the same. It is a little faster with large products, and much slower
    with the small ones of a narrow network, but where MKL uses half of what a processor can.
    """
    narrow = hidden_size is None or hidden_size < WIDE
    by_mkl = narrow and not _halved_by_mkl(_processor())
    torch.set_float32_matmul_precision("highest" if device.type == "cpu" and by_mkl else "medium")


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
