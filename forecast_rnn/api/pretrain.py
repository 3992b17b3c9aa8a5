"""A prior of one's own: what the command `pretrain` does.

from forecast_rnn import Pretraining, pretrain
done = pretrain(["sales.csv"], out="own.safetensors", config=Pretraining(steps=2000))
done.manifest["loss"]                 # of the last records
"""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

from forecast_rnn.api.inputs import Data, panel_of, usual_task
from forecast_rnn.api.reproduce import options_of, words_of
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels.quality import check_rows
from forecast_rnn.data.panels.seasons import second_season
from forecast_rnn.data.read import Findings
from forecast_rnn.errors import ConfigError, DataError, check_range
from forecast_rnn.neural.pretraining.export import export_prior
from forecast_rnn.neural.pretraining.own import Own, joined
from forecast_rnn.neural.pretraining.run import pretrain as run
from forecast_rnn.neural.pretraining.training import Plan, Record
from forecast_rnn.neural.runtime import choose_device, torch_set, usable_cores
from forecast_rnn.prior.design import CELLS, Design
from forecast_rnn.prior.weights import Prior, read_prior
from forecast_rnn.prior.zeroshot import Flat
from forecast_rnn.system.atomic import check_place

FOLDER = ".training"
"""How the folder of a checkpoint ends; it stands beside the prior, with its name."""

STEPS = 14_000
SHARE = 0.3

OPTIONS = {
    "cell": "cell",
    "layers": "layers",
    "steps": "steps",
    "seed": "seed",
    "like": "like",
    "share": "own-share",
}
"""Options of the command line by field; how many threads there were changes a last digit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pretraining:
    """How a prior is trained.

    Attributes:
        cell: One of `CELLS`.
        layers: Recurrent layers.
        steps: Steps in all.
        seed: All randomness derives from it.
        threads: Of the processor; None for all that the process may use.
        like: A prior that is begun from, of any cell, or None.
        share: Of the batches that are drawn from own data, where there are any.
    """

    cell: str = "gru"
    layers: int = 2
    steps: int = STEPS
    seed: int = 0
    threads: int | None = None
    like: Path | None = None
    share: float = SHARE

    def __post_init__(self) -> None:
        """Check ranges; raise ConfigError with the value seen."""
        if self.cell not in CELLS:
            raise ConfigError(
                f"there is no prior of the cell '{self.cell}'; choose {', '.join(CELLS)}."
            )
        check_range("layers", self.layers, 1, 16)
        check_range("steps", self.steps, 1, 100_000_000)
        check_range("seed", self.seed, 0, 2**32 - 1)
        check_range("threads", self.threads or 1, 1, 1024)
        check_range("own-share", self.share, 0, 1)


@dataclass(frozen=True, slots=True)
class Pretrained:
    """A prior that was trained, as far as it has come.

    Attributes:
        path: The prior; its manifest has the same name and ends in `.json`.
        folder: Of the checkpoint from which the training goes on.
        manifest: What the manifest says.
        finished: Whether all steps were taken.
    """

    path: Path
    folder: Path
    manifest: Mapping[str, Any] = field(repr=False)
    finished: bool


def pretrain(
    data: Sequence[Data] = (),
    *,
    out: Path | str,
    hints: Hints | None = None,
    config: Pretraining | None = None,
    on_found: Callable[[Findings], None] = lambda _: None,
    on_step: Callable[[Record | None], bool] = lambda _: True,
) -> Pretrained:
    """Train a prior on simulated series, and on own ones where there are any.

    A training that was stopped goes on from its checkpoint as if it had never been. A
    checkpoint is written every ten minutes; checkpoint and prior are, once it ends or stops.

    Args:
        data: Files or tables of own series.
        out: The .safetensors file to write.
        hints: How these are to be read.
        config: The network and its training.
        on_found: Told what each of the data is taken to be.
        on_step: Told of every step, with a record of the last hundred or None; it says
            whether to go on.

    Raises:
        ConfigError: the checkpoint is of another training, or an option is out of range.
        InputError: data are not there.
        DataError: they cannot be used.
        BundleError: the checkpoint, or the prior that is begun from, is damaged.
        OutputError: the file cannot be written.
    """
    hints, config, path = hints or Hints(), config or Pretraining(), _place(out)
    own = _own(data, hints, config.share, on_found) if data else None
    like = None if config.like is None else read_prior(config.like)
    design, plan = Design(cell=config.cell, layers=config.layers), _plan(config, own, like)
    folder, stop = path.with_suffix(FOLDER), Event()
    processor = choose_device("cpu")
    with torch_set(config.threads or usable_cores(), processor, design.hidden_size):
        for record in run(folder, design, plan, stopped=stop.is_set, like=like, own=own):
            if not on_step(record):
                stop.set()
    manifest = export_prior(folder, path, _command(data, path, hints, config))
    return Pretrained(path, folder, manifest, manifest["steps"] >= config.steps)


def _place(out: Path | str) -> Path:
    path = Path(out)
    if path.suffix != ".safetensors":
        raise ConfigError(f"a prior is a .safetensors file, so '{path}' must end like that.")
    check_place(path)
    return path


def _own(
    data: Sequence[Data], hints: Hints, share: float, on_found: Callable[[Findings], None]
) -> Own:
    """Read own series, each with the seasons of its file.

    Raises:
        DataError: they cannot be used, or all of them are too short to learn from.
    """
    series = []
    for one in data:
        panel, findings = panel_of(one, hints)
        check_rows(panel)
        on_found(findings)
        season = usual_task(panel, None).season_length
        second = second_season(panel, season)
        series.append(Flat(panel.values, panel.indptr, season, second))
    material = joined(series)
    if not len(material.length):
        raise DataError(
            "no series of the data has four rows, so nothing can be learnt from them; leave them "
            "out to train on simulated series alone."
        )
    return Own(material, share)


def _plan(config: Pretraining, own: Own | None, like: Prior | None) -> Plan:
    return Plan(
        steps=config.steps,
        seed=config.seed,
        like="" if like is None else like.manifest["sha256"],
        own="" if own is None else own.sha256(),
        share=0.0 if own is None else own.share,
    )


def _command(data: Sequence[Data], out: Path, hints: Hints, config: Pretraining) -> str:
    """Return the command line that does the same again, of the seed and what is not as usual."""
    usual = Pretraining(seed=config.seed + 1)
    words = ["forecast-rnn", "pretrain", *words_of(data), *options_of(hints, Hints())]
    words += ["--out", str(out)]
    for name, option in OPTIONS.items():
        value = getattr(config, name)
        if value != getattr(usual, name):
            words += [f"--{option}", str(value)]
    return shlex.join(words)
