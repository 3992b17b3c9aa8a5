"""What turns hidden values into a forecast: the heads by name, known without loading torch."""

from dataclasses import dataclass

HEADS = {
    "quantile": "quantile:QuantileHead",
    "normal": "normal:NormalHead",
    "student-t": "student_t:StudentTHead",
    "negative-binomial": "negative_binomial:NegativeBinomialHead",
    "poisson": "poisson:PoissonHead",
    "direction": "direction:DirectionHead",
}
SYNONYMS = {"negbin": "negative-binomial"}
COUNTS = ("negative-binomial", "poisson")
"""Heads that forecast whole numbers from 0 on, and learn from nothing else."""
CLASSIFIERS = ("direction",)
"""Heads that forecast classes of the change, with probabilities, and no values."""
VALUED = tuple(name for name in HEADS if name not in CLASSIFIERS)
"""Heads that forecast values, with quantiles."""


@dataclass(frozen=True, slots=True)
class HeadNote:
    """What a reader wants to know of a head.

    Attributes:
        title: What it emits, and what it is good for.
        source: Authors, year and address.
    """

    title: str
    source: str


HEAD_NOTES = {
    "quantile": HeadNote(
        title="quantiles by the pinball loss, of no assumed shape",
        source="Koenker and Bassett (1978), https://doi.org/10.2307/1913643",
    ),
    "normal": HeadNote(
        title="mean and spread of a normal distribution",
        source="Nix and Weigend (1994), https://doi.org/10.1109/ICNN.1994.374138",
    ),
    "student-t": HeadNote(
        title="location, spread and degrees of freedom of Student's t, for heavy tails",
        source="Lange, Little and Taylor (1989), https://doi.org/10.2307/2290063",
    ),
    "negative-binomial": HeadNote(
        title="mean and dispersion of counts that scatter more than a Poisson distribution",
        source="Hilbe (2011), https://doi.org/10.1017/CBO9780511973420; "
        "Salinas et al. (2020), https://doi.org/10.1016/j.ijforecast.2019.07.001",
    ),
    "poisson": HeadNote(
        title="mean of counts of independent events",
        source="Cameron and Trivedi (2013), https://doi.org/10.1017/CBO9781139013567",
    ),
    "direction": HeadNote(
        title="probabilities of down and up, or of more classes of the change",
        source="Bridle (1990), https://doi.org/10.1007/978-3-642-76153-9_28; "
        "Anderson (1984), https://doi.org/10.1111/j.2517-6161.1984.tb01270.x",
    ),
}


def head_name(name: str) -> str:
    """Return the name in `HEADS` that a name or a synonym stands for."""
    return SYNONYMS.get(name, name)
