"""The folders that commands write to: claimed before the work, never another's.

A folder says which command made it by a small record, `MARK`. One from before there were such
records is known by the files that only that command writes.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forecast_rnn.errors import OutputError
from forecast_rnn.output import write_text

MARK = ".forecast-rnn.json"
MARK_FORMAT = 1
BUNDLE = "model"
BUNDLE_FILES = ("manifest.json", "series.parquet", "weights.safetensors")
BACKTEST = "backtest.parquet"

TRAIN, FORECAST, ROLLING = "train", "forecast", "backtest"
"""The commands that write folders."""
MODELS = (TRAIN, FORECAST)
"""Those whose folders hold a model."""

_SCORES = ("scores.csv", "scores-by-step.csv", "scores-by-series.csv")
_ROWS = (BACKTEST, "backtest.csv")


@contextmanager
def claimed_folder(folder: Path | None, command: str) -> Iterator[Path | None]:
    """Make sure that results can be written to a folder, before they cost anything.

    A folder of earlier results of the same command is written over file by file; other files
    in it stay. It is marked at once, so that what a killed command left is known as its own. If
    the work fails before it wrote anything, the mark goes, and the folder if it was made here.

    Args:
        folder: Where results shall go; None for nowhere.
        command: `train`, `forecast` or `backtest`. A training may replace a forecast without one,
            which costs a second, and not the other way round.

    Yields:
        The folder.

    Raises:
        OutputError: it cannot be made or written to, or holds something else.
        OSError: the system refuses to write the mark, as it says.
    """
    if folder is None:
        yield None
        return
    is_new = not folder.exists()
    _check(folder, command)
    _make(folder)
    write_text(json.dumps({"format": MARK_FORMAT, "command": command}) + "\n", folder / MARK)
    try:
        yield folder
    except BaseException:
        if [entry.name for entry in folder.iterdir()] == [MARK]:
            (folder / MARK).unlink()
            if is_new:
                folder.rmdir()
        raise


def maker_of(folder: Path) -> str | None:
    """Return the command that wrote a folder, None if it was none of ours or cannot be told."""
    if (folder / MARK).exists():
        return _marked(folder / MARK)
    if (folder / BUNDLE / BUNDLE_FILES[0]).is_file() and not _strange_file(folder):
        return TRAIN
    has_rows = any((folder / name).is_file() for name in _ROWS)
    if has_rows and all((folder / name).is_file() for name in _SCORES):
        return None if (folder / BUNDLE).exists() else ROLLING
    return None


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = f"{folder} cannot be made: {error.strerror}"
        raise OutputError(f"{reason}. Pass another --out.") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"{folder} cannot be written to. Pass another --out.")


def _check(folder: Path, command: str) -> None:
    """Raise OutputError for what the command may not write over."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise OutputError(f"{folder} is a file, not a folder. Pass another --out.")
    if not any(folder.iterdir()):
        return
    maker = maker_of(folder)
    if maker is None:
        raise OutputError(
            f"{folder} holds files of something else; nothing was touched. "
            "Pass another --out, or empty it."
        )
    if maker != command and (maker, command) != (FORECAST, TRAIN):
        raise OutputError(
            f"{folder} was written by '{maker}', and '{command}' would replace part of it; "
            "nothing was touched. Pass another --out."
        )
    strange = _strange_file(folder) if command in MODELS else None
    if strange is not None:
        raise OutputError(
            f"{strange} is no part of a model, and training would replace the folder that it is "
            "in; nothing was touched. Move it away, or pass another --out."
        )


def _strange_file(folder: Path) -> Path | None:
    """Return what stands in the way of a new model and is not of an old one; None if nothing."""
    bundle = folder / BUNDLE
    if not bundle.exists():
        return None
    if not bundle.is_dir():
        return bundle
    return next((path for path in sorted(bundle.iterdir()) if path.name not in BUNDLE_FILES), None)


def _marked(mark: Path) -> str | None:
    """Read a mark; None if it is not understood."""
    try:
        record = json.loads(mark.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(record, dict) or record.get("format") != MARK_FORMAT:
        return None
    command = record.get("command")
    return command if isinstance(command, str) else None
