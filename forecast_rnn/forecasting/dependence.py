"""How the steps of a horizon depend on each other."""

from dataclasses import dataclass

from forecast_rnn.errors import check_range


@dataclass(frozen=True, slots=True)
class Dependence:
    """How steps of a horizon depend on each other, measured by `forecasting.paths`.

    The correlation of the normal scores of two steps is s + (1 - s) φ^k, k steps apart.

    Attributes:
        share: s, of what all steps have in common.
        decay: φ, of what fades from step to step.
    """

    share: float = 0.0
    decay: float = 0.0

    def __post_init__(self) -> None:
        """Check ranges; raise ConfigError with the value seen."""
        check_range("share", self.share, 0, 0.99)
        check_range("decay", self.decay, -0.99, 0.99)
