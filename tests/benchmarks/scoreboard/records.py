"""What was measured: a file of JSON lines, one a finished set, that a stopped run goes on from."""

import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from forecast_rnn.system.atomic import new_file
from tests.benchmarks.scoreboard.cost import Cost

ROOT = Path(__file__).parents[3]
OFFICIAL, OWN = "official", "own"


def rolling(back: int) -> str:
    """Name the part of the board that holds back so many horizons of the training rows."""
    return f"rolling-{back}"


class Key(NamedTuple):
    """What was run on what.

    Attributes:
        part: `official`, `rolling-N` or `own`.
        command: `forecast` or `train`.
        variant: Name of the options it was given; empty for none, as by default.
        name: The set.
    """

    part: str
    command: str
    variant: str
    name: str


@dataclass(frozen=True)
class Made:
    """Where a record comes from.

    Attributes:
        version: What the program says of itself.
        commit: Of this checkout, with `+` if its package was changed since.
        date: Day of the run.
        cores: Processor cores that the run could use.
        options: Of the variant.
    """

    version: str
    commit: str
    date: str
    cores: int
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """A finished set: what was run, what it cost, and its scores by name; None is undefined."""

    key: Key
    made: Made
    cost: Cost
    scores: dict[str, float | None]


Records = dict[Key, Record]


def load(path: Path) -> Records:
    """Read the records of a file; none if there is no file."""
    if not path.exists():
        return {}
    records = map(_parsed, path.read_text(encoding="utf-8").splitlines())
    return {record.key: record for record in records}


def add(path: Path, record: Record) -> None:
    """Put a record into a file, in place of an older one of the same key; sorted by key."""
    # Read again each time: another run may have finished a set meanwhile.
    records = {**load(path), record.key: record}
    with new_file(path) as stream:
        for _, one in sorted(records.items()):
            stream.write(json.dumps(_document(one)).encode() + b"\n")


def pending(keys: Iterable[Key], done: Records, *, again: bool) -> list[Key]:
    """Return the keys that are still to be run: those without a record, or all of them."""
    return [key for key in keys if again or key not in done]


def made_by(program: list[str], options: Iterable[str]) -> Made:
    """Say who makes records now: the version of a program, the commit, the day."""
    said = subprocess.run([*program, "--version"], check=True, capture_output=True, text=True)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Made(
        version=said.stdout.split()[-1],
        commit=_commit(),
        date=date.today().isoformat(),
        cores=cores or 1,
        options=tuple(options),
    )


def _commit() -> str:
    git = ["git", "-C", str(ROOT)]
    head = subprocess.run([*git, "rev-parse", "--short=7", "HEAD"], capture_output=True, text=True)
    if head.returncode:
        return "unknown"
    # Only the package counts: the records themselves change with every set.
    changed = [*git, "status", "--porcelain", "--", "forecast_rnn"]
    dirty = subprocess.run(changed, capture_output=True, text=True).stdout.strip()
    return head.stdout.strip() + ("+" if dirty else "")


def _document(record: Record) -> dict[str, object]:
    made, cost = asdict(record.made), asdict(record.cost)
    return {**record.key._asdict(), **made, **cost, "scores": record.scores}


def _parsed(line: str) -> Record:
    document = json.loads(line)
    made = {name: document[name] for name in Made.__dataclass_fields__}
    return Record(
        key=Key(*(document[name] for name in Key._fields)),
        made=Made(**{**made, "options": tuple(made["options"])}),
        cost=Cost(**{name: document[name] for name in Cost.__dataclass_fields__}),
        scores=document["scores"],
    )
