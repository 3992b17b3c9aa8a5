"""From the network's scale to that of the data, for heads that must know it."""

from dataclasses import dataclass

from torch import Tensor

from forecast_rnn.neural.scaling.transform import Transform
from forecast_rnn.neural.scaling.windows import Scale


@dataclass(frozen=True, slots=True)
class Units:
    """What lies between normalised values and the data.

    Attributes:
        scale: How the windows were normalised; its tensors broadcast against the values.
        transform: How values came from the data's scale.
    """

    scale: Scale
    transform: Transform

    def restore(self, values: Tensor) -> Tensor:
        """Map normalised values to the data."""
        return self.transform.inverse(self.scale.restore(values))

    def positive(self, values: Tensor) -> Tensor:
        """Map as `restore` does, but smoothly and to above 0: for a mean that is learned."""
        return self.transform.positive(self.scale.restore(values))

    def relative(self, spread: Tensor) -> Tensor:
        """Return a normalised spread as a share of what it is the spread of, approximately.

        On a logarithmic scale the one is the other.
        """
        return spread.to(self.scale.size.dtype) * self.scale.size
