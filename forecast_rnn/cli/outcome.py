"""How a command ends: every exception becomes one line on standard error and an exit code."""

import contextlib
import errno
import functools
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from types import FrameType
from typing import ParamSpec

import typer

from forecast_rnn.cli.console import show_error
from forecast_rnn.errors import ForecastRnnError

P = ParamSpec("P")

OK, USAGE, NO_INPUT, BUG, MEMORY, CANNOT_CREATE, IO, PERMISSION = 0, 2, 66, 70, 71, 73, 74, 77
INCOMPLETE = 3
NAMES_SHOWN = 5
INTERRUPTED = 128 + signal.SIGINT
CLOSED_PIPE = 141

_SYSTEM_CODES = {
    errno.EPIPE: CLOSED_PIPE,
    errno.ENOENT: NO_INPUT,
    errno.ENOTDIR: NO_INPUT,
    errno.EISDIR: NO_INPUT,
    errno.ELOOP: NO_INPUT,
    errno.ENAMETOOLONG: NO_INPUT,
    errno.ENOMEM: MEMORY,
    errno.EMFILE: MEMORY,
    errno.ENFILE: MEMORY,
    errno.EEXIST: CANNOT_CREATE,
    errno.ENOTEMPTY: CANNOT_CREATE,
    errno.EROFS: CANNOT_CREATE,
    errno.EACCES: PERMISSION,
    errno.EPERM: PERMISSION,
}


class Stopped(BaseException):
    """A signal asked the process to end."""

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by {signal.Signals(number).name}")
        self.exit_code = 128 + number


def guarded(command: Callable[P, None]) -> Callable[P, None]:
    """Wrap a command so that whatever it raises ends in a message and an exit code."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (typer.Exit, typer.BadParameter):
            raise
        except BaseException as error:  # a panic of Polars is no Exception
            if kwargs.get("debug"):
                traceback.print_exc()
            raise typer.Exit(report(error)) from None

    return run


def report(error: BaseException) -> int:
    """Say what went wrong, unless the reader has left, and return the exit code."""
    code = exit_code(error)
    if code == CLOSED_PIPE:
        silence(sys.stdout)
    else:
        show_error(describe(error, code))
    return code


def exit_code(error: BaseException) -> int:
    """Return the exit code of an exception."""
    match error:
        case ForecastRnnError() | Stopped():
            return error.exit_code
        case KeyboardInterrupt():
            return INTERRUPTED
        case MemoryError():
            return MEMORY
        case OSError():
            return _SYSTEM_CODES.get(error.errno or 0, IO)
        case RuntimeError() if _is_out_of_memory(error):
            return MEMORY
    return BUG


def describe(error: BaseException, code: int) -> str:
    """Say in one sentence what went wrong."""
    match error:
        case ForecastRnnError() | Stopped():
            return str(error)
        case KeyboardInterrupt():
            return "interrupted."
        case OSError(filename=name, strerror=reason) if name is not None:
            return f"{os.fsdecode(name)}: {reason}."
        case OSError():
            return f"{error.strerror or error}."
    if code == MEMORY:
        return "out of memory. Lower --hidden-size, --members or --batch-size, or use less data."
    first_line = next(iter(str(error).splitlines()), "")
    return (
        f"internal error: {type(error).__name__}: {first_line}. "
        "This is a bug: please report it with what --debug prints."
    )


def missing_sentence(names: Sequence[str]) -> str:
    """Say which series have no forecast, the first few by name."""
    shown = ", ".join(names[:NAMES_SHOWN]) + (", …" if len(names) > NAMES_SHOWN else "")
    return f"{len(names):,} series {'has' if len(names) == 1 else 'have'} no forecast: {shown}."


def _is_out_of_memory(error: RuntimeError) -> bool:
    # torch says it in two ways, and must not be imported here.
    return type(error).__name__ == "OutOfMemoryError" or "can't allocate memory" in str(error)


def catch_signals() -> None:
    """Turn SIGTERM and SIGHUP into `Stopped`, so that files are closed and removed on the way."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # nohup has SIGHUP ignored, and it shall stay so
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def _stop(number: int, _frame: FrameType | None) -> None:
    raise Stopped(number)


def finish(code: int) -> int:
    """Write out what is still buffered and return the final exit code."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        failure = report(error)
        silence(sys.stdout)
        return code or failure
    # Typer and rich leave with 1 for one reason only: the reader closed the pipe.
    return CLOSED_PIPE if code == 1 else code


def silence(stream: object) -> None:
    """Point a broken stream nowhere, or the interpreter's last flush would end in code 120."""
    with contextlib.suppress(AttributeError, OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())  # type: ignore[attr-defined]
        os.close(nowhere)
