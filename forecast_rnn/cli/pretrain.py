"""`forecast-rnn pretrain`: a prior of one's own, on simulated series and on files."""

import shlex
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast_rnn.cli import options
from forecast_rnn.cli.console import (
    show_facts,
    show_json,
    show_text,
    show_warnings,
)
from forecast_rnn.cli.outcome import Stopped
from forecast_rnn.data.hints import Hints
from forecast_rnn.fields import MODEL, OUTPUT, TRAINING, Option

if TYPE_CHECKING:
    from types import FrameType

    from forecast_rnn.api.pretrain import Pretrained
    from forecast_rnn.data.read import Findings
    from forecast_rnn.neural.pretraining.training import Record

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")

Files = Annotated[
    list[str] | None,
    typer.Argument(metavar="DATA", help="Files of own series; none for simulated ones alone."),
]
Prior = Annotated[Path, Option("File to write.", panel=OUTPUT, metavar="PRIOR", others=("-o",))]
Cell = Annotated[str, Option("gru, lstm or mingru.", panel=MODEL, metavar="NAME")]
Layers = Annotated[int, Option("Recurrent layers.", panel=MODEL, metavar="N")]
Like = Annotated[
    Path | None,
    Option("Prior to begin from.", panel=TRAINING, metavar="PRIOR", usual="none"),
]
Share = Annotated[
    float, Option("Share of the batches that are drawn from DATA.", panel=TRAINING, metavar="SHARE")
]
Steps = Annotated[int, Option("Optimisation steps.", panel=TRAINING, metavar="N")]
Seed = Annotated[int, Option("Of all randomness.", panel=TRAINING, metavar="N")]
Threads = Annotated[
    int | None, Option("Processor threads.", panel=TRAINING, metavar="N", usual="all")
]


def pretrain(
    data: Files = None,
    *,
    hints: Hints,
    cell: Cell = "gru",
    layers: Layers = 2,
    steps: Steps = 14_000,
    seed: Seed = 0,
    threads: Threads = None,
    like: Like = None,
    own_share: Share = 0.3,
    out: Prior = Path("prior.safetensors"),
    quiet: options.Quiet = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Train a prior: a network that forecasts without training, on simulated series.

    Series of DATA are mixed in where there are any. What is stopped goes on with the same
    command, from a checkpoint that is written every ten minutes beside the prior.
    """
    from forecast_rnn.api import pretrain as api

    config = api.Pretraining(
        cell=cell,
        layers=layers,
        steps=steps,
        seed=seed,
        threads=threads,
        like=like,
        share=own_share,
    )
    with held_signals() as caught:
        pretrained = api.pretrain(
            data or (),
            out=out,
            hints=hints,
            config=config,
            on_found=partial(show_data, quiet=quiet),
            on_step=partial(go_on, caught, steps, quiet=quiet),
        )
    tell(pretrained, quiet=quiet, json=json)
    if caught and not pretrained.finished:
        raise Stopped(caught[0])


def show_data(findings: "Findings", *, quiet: bool) -> None:
    """Show what own data are taken to be."""
    if not quiet:
        show_facts(findings.facts)
    show_warnings(findings.warnings)


def go_on(caught: list[int], total: int, record: "Record | None", *, quiet: bool) -> bool:
    """Show a record of some steps, and say whether no signal asks to stop."""
    if record is not None and not quiet:
        line = f"step {record.steps:,} of {total:,}: loss {record.loss:.4f}"
        show_text(f"{line}, gradient {record.gradient_norm:.2f}, rate {record.rate:.2g}")
    return not caught


def tell(pretrained: "Pretrained", *, quiet: bool, json: bool) -> None:
    """Say how far the training has come and what was written."""
    manifest, path = pretrained.manifest, str(pretrained.path)
    if not quiet:
        facts = {"steps": f"{manifest['steps']:,} of {manifest['plan']['steps']:,}"}
        facts |= {} if manifest["loss"] is None else {"loss": f"{manifest['loss']:.4f}"}
        following = f"forecast-rnn forecast DATA --prior {shlex.quote(path)}"
        following = following if pretrained.finished else "the same command again goes on"
        show_facts({**facts, "wrote": path, "next": following})
    if json:
        show_json({"format": 1, "prior": path, "finished": pretrained.finished, **manifest})


@contextmanager
def held_signals() -> Iterator[list[int]]:
    """Note signals to stop while a training takes its step; a second one is not waited for.

    Yields:
        The numbers of those that came.
    """
    caught: list[int] = []
    before = {number: signal.getsignal(number) for number in _stopping()}

    def note(number: int, _frame: "FrameType | None") -> None:
        caught.append(number)
        restore()

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    for number in before:
        signal.signal(number, note)
    try:
        yield caught
    finally:
        restore()


def _stopping() -> list[int]:
    """Return the signals to stop that are not ignored; none but in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        return []
    numbers = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
    return [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
