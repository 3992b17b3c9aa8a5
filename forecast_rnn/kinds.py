"""What is forecast: values, or classes of their change.

The two differ in columns, metrics, verdict, baselines, calibration and report. Each room keeps what
it does with either in one table by `Kind`, so that no code asks which of them it has before it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of what is forecast.

    Attributes:
        name: `values` or `classes`.
        is_number: Whether a forecast is a number, so that it has intervals and can be drawn, made
            into paths, put into a workbook and exchanged for that of a simpler method.
    """

    name: str
    is_number: bool


VALUES = Kind("values", is_number=True)
CLASSES = Kind("classes", is_number=False)


def kind_of(classes: int) -> Kind:
    """Return the kind of a number of classes, which is 0 where values are forecast."""
    return CLASSES if classes else VALUES
