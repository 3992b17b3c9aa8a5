"""How far a training has come: a value handed to whoever wants to show it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of a training.

    Attributes:
        stage: What is being done: `choosing`, `backtesting` or `training`; networks that are
            trained side by side are of one stage.
        done: Optimisation steps taken in this stage, over all networks.
        total: Steps that the stage will take as far as known now.
        loss: Mean loss of the last few steps of one network, NaN when unknown.
    """

    stage: str
    done: int
    total: int
    loss: float


OnProgress = Callable[[Progress], None]


def ignore(_: Progress) -> None:
    """Show nothing."""
