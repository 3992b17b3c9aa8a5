"""The folder that `train` writes to: claimed before the work, never somebody else's."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forecast_rnn.errors import OutputError

BUNDLE = "model"
BACKTEST = "backtest.parquet"


@contextmanager
def claimed_folder(folder: Path | None, *, mark: str = BUNDLE) -> Iterator[Path | None]:
    """Make sure that results can be written to a folder, before they cost anything.

    A folder of earlier ones, known by a file or folder named `mark`, is written over file by
    file; other files in it stay.
    One that was made here and is still empty when the work fails is taken away again.

    Raises:
        OutputError: it cannot be made or written to, or holds something else.
    """
    if folder is None:
        yield None
        return
    is_new = not folder.exists()
    _check(folder, mark)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = f"{folder} cannot be made: {error.strerror}"
        raise OutputError(f"{reason}. Pass another --out.") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"{folder} cannot be written to. Pass another --out.")
    try:
        yield folder
    except BaseException:
        if is_new and not any(folder.iterdir()):
            folder.rmdir()
        raise


def _check(folder: Path, mark: str) -> None:
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is a file, not a folder. Pass another --out.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / mark).exists():
        raise OutputError(
            f"{folder} holds files of something else; nothing was touched. "
            "Pass another --out, or empty it."
        )
