"""Train a prior: `python -m forecast_rnn.neural.pretraining FOLDER --cell gru --steps 14000`."""

import argparse
import signal
import threading
from pathlib import Path

import torch

from forecast_rnn.neural.pretraining.run import pretrain
from forecast_rnn.neural.pretraining.training import Plan
from forecast_rnn.prior.design import CELLS, Design
from forecast_rnn.prior.weights import read_prior


def main(arguments: list[str] | None = None) -> None:
    """Train, or go on, until the last step or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m forecast_rnn.neural.pretraining")
    parser.add_argument("folder", type=Path, help="where checkpoints are")
    parser.add_argument("--cell", choices=CELLS, default="gru")
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--steps", type=int, default=14_000)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--like", type=Path, help="a prior to begin from, of any cell")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args(arguments)
    torch.set_num_threads(given.threads)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    design = Design(cell=given.cell, layers=given.layers)
    plan = Plan(steps=given.steps, rate=given.rate, seed=given.seed)
    like = read_prior(given.like) if given.like else None
    for record in pretrain(given.folder, design, plan, stopped=stop.is_set, like=like):
        line = f"step {record.steps:,} of {plan.steps:,}: loss {record.loss:.4f}"
        print(f"{line}, gradient {record.gradient_norm:.2f}, rate {record.rate:.2g}", flush=True)


if __name__ == "__main__":
    main()
