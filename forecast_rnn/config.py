"""What is forecast, with which network, trained how: frozen, checked dataclasses."""

from dataclasses import dataclass
from typing import Annotated

from forecast_rnn.errors import ConfigError, check_name, check_range
from forecast_rnn.fields import MODEL, TRAINING, Option
from forecast_rnn.kinds import CLASSES, VALUES, Kind, kind_of
from forecast_rnn.neural.cells import CELLS
from forecast_rnn.neural.heads import CLASSIFIERS, HEADS, head_name

QUANTILE_LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
MOST_CLASSES = 10
MOST_SHARES = 50_000
"""Steps times classes whose frequencies a bundle can hold."""
DEVICES = ("auto", "cpu", "cuda", "mps")
PRECISIONS = ("float32", "bfloat16")


def check_is_number(kind: Kind, refusal: str) -> None:
    """Raise ConfigError with the refusal, which says the way out, if a forecast is no number."""
    if not kind.is_number:
        raise ConfigError(refusal)


def _check_dilation(dilation: tuple[int, ...], layers: int) -> None:
    if dilation and len(dilation) != layers:
        raise ConfigError(
            f"dilation {dilation} is for {len(dilation)} layers, and there are {layers}; give one "
            "number a layer."
        )
    for steps in dilation:
        check_range("dilation", steps, 1, 1000)


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """What is forecast.

    Attributes:
        horizon: Steps to forecast, H.
        season_length: Steps in a season; 1 when there is none.
        quantile_levels: Probabilities, increasing, with 0.5 among them, Q; none where classes
            are forecast.
        classes: Classes of the change since the origin, K; 0 where values are forecast.
    """

    horizon: int
    season_length: int
    quantile_levels: tuple[float, ...] = QUANTILE_LEVELS
    classes: int = 0

    def __post_init__(self) -> None:
        """Check ranges; raise ConfigError with the value seen."""
        check_range("horizon", self.horizon, 1, 10_000)
        check_range("season", self.season_length, 1, 100_000)
        _CHECKS[self.kind](self)

    @property
    def kind(self) -> Kind:
        """Whether values or classes are forecast."""
        return kind_of(self.classes)

    @property
    def outputs(self) -> int:
        """Numbers that are forecast for a step: quantiles, or classes."""
        return self.classes or len(self.quantile_levels)


def _check_levels(task: Task) -> None:
    levels = task.quantile_levels
    if list(levels) != sorted(set(levels)) or not all(0 < level < 1 for level in levels):
        raise ConfigError(f"quantiles {levels} must increase and lie between 0 and 1.")
    if 0.5 not in levels:
        raise ConfigError(f"quantiles {levels} must hold 0.5, the median, which is the forecast.")


def _check_classes(task: Task) -> None:
    check_range("classes", task.classes, 2, MOST_CLASSES)
    if task.quantile_levels:
        raise ConfigError(
            f"classes have probabilities and no quantiles {task.quantile_levels}; leave out "
            "--quantiles, or pass another --head."
        )
    if task.horizon * task.classes > MOST_SHARES:
        raise ConfigError(
            f"{task.classes} classes of {task.horizon:,} steps are more than {MOST_SHARES:,} "
            "probabilities; pass a smaller --horizon or fewer --classes."
        )


_CHECKS = {VALUES: _check_levels, CLASSES: _check_classes}


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelConfig:
    """One recurrent network.

    Attributes:
        cell: Name of the recurrent cell, one of `CELLS`.
        hidden_size: Width of the state, D.
        layers: Recurrent layers, one on top of the other.
        window_length: Rows that one recurrent step reads, W.
        stride: Rows from one recurrent step to the next.
        context_steps: Most recurrent steps that precede a forecast, T.
        head: Name of the head, one of `HEADS`.
        calendar: Whether the network reads the hour, the weekday, the day of the year.
        dilation: For each layer the steps from one state to the next; empty for one each.
        residual: Whether each layer reads its input normalised and adds to it.
        attention: Whether each state attends to the states before it.
    """

    cell: str
    hidden_size: int
    layers: int
    window_length: int
    stride: int
    context_steps: int
    head: str = "quantile"
    calendar: bool = False
    dilation: tuple[int, ...] = ()
    residual: bool = False
    attention: bool = False

    def __post_init__(self) -> None:
        """Check names and ranges; raise ConfigError with the choices."""
        check_name("cell", self.cell, CELLS)
        check_name("head", self.head, HEADS)
        check_range("hidden size", self.hidden_size, 1, 4096)
        check_range("layers", self.layers, 1, 16)
        check_range("window length", self.window_length, 1, 100_000)
        check_range("stride", self.stride, 1, self.window_length)
        check_range("context steps", self.context_steps, 1, 100_000)
        _check_dilation(self.dilation, self.layers)


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainConfig:
    """How networks are trained; what is None is chosen on held-back windows.

    Every field is an option of the command line.

    Attributes:
        head: Name of the head: what is forecast, quantiles, a distribution or classes.
        classes: Classes of a head that forecasts classes, or None for two: down and up.
        round: Whether forecasts are rounded to whole numbers.
        cell: Name of the recurrent cell.
        hidden_size: Width of the state, or None.
        layers: Recurrent layers, or None.
        dilation: As in `ModelConfig`, and so are the next two; it settles the layers.
        residual: Whether each layer reads its input normalised and adds to it.
        attention: Whether each state attends to the states before it.
        calendar: Whether the network reads the calendar; None for chosen on held-back windows.
        members: Networks in the ensemble, alike but for their seed.
        steps: Optimisation steps, or None.
        batch_size: Series in a batch, or None.
        learning_rate: Highest learning rate of the schedule, or None for what suits the width.
        seed: All randomness derives from it.
        device: `auto`, `cpu`, `cuda` or `mps`.
        precision: By what matrices are multiplied in training: `float32`, or `bfloat16`, which
            is faster where the device has it; weights and forecasts are float32.
        threads: Processor threads, or None for all that the process may use.
    """

    head: Annotated[
        str,
        Option(
            f"{', '.join(HEADS)}.",
            panel=MODEL,
            metavar="NAME",
            others=("--distribution",),
            convert=head_name,
        ),
    ] = "quantile"
    classes: Annotated[
        int | None, Option("Classes of --head direction.", panel=MODEL, metavar="K", usual="2")
    ] = None
    round: Annotated[
        bool, Option("Round forecasts to whole numbers, as counts are.", panel=MODEL)
    ] = False
    cell: Annotated[
        str,
        Option("Recurrent cell; `forecast-rnn cells` lists them.", panel=MODEL, metavar="NAME"),
    ] = "gru"
    prior: Annotated[
        str,
        Option(
            "Pre-trained network to combine with: auto, none, or a FILE.",
            panel=MODEL,
            metavar="NAME",
        ),
    ] = "auto"
    hidden_size: Annotated[
        int | None, Option("Width of the state.", panel=MODEL, metavar="N", usual="chosen")
    ] = None
    layers: Annotated[
        int | None, Option("Recurrent layers.", panel=MODEL, metavar="N", usual="chosen")
    ] = None
    dilation: Annotated[
        tuple[int, ...],
        Option(
            "Steps between states, one a layer, such as 1,4.",
            panel=MODEL,
            metavar="STEPS",
            example="1,4",
        ),
    ] = ()
    residual: Annotated[
        bool, Option("Layers read normalised input and add to it.", panel=MODEL)
    ] = False
    attention: Annotated[bool, Option("Each state attends to those before it.", panel=MODEL)] = (
        False
    )
    calendar: Annotated[
        bool | None,
        Option("Use weekday, day of year and the like.", panel=MODEL, usual="if it helps"),
    ] = None
    members: Annotated[int, Option("Networks in the ensemble.", panel=MODEL, metavar="N")] = 2
    steps: Annotated[
        int | None, Option("Optimisation steps.", panel=TRAINING, metavar="N", usual="chosen")
    ] = None
    batch_size: Annotated[
        int | None, Option("Series in a batch.", panel=TRAINING, metavar="N", usual="chosen")
    ] = None
    learning_rate: Annotated[
        float | None,
        Option("Highest learning rate.", panel=TRAINING, metavar="RATE", usual="by width"),
    ] = None
    seed: Annotated[
        int, Option("The same seed gives the same files.", panel=TRAINING, metavar="N")
    ] = 0
    device: Annotated[str, Option(f"{', '.join(DEVICES)}.", panel=TRAINING, metavar="NAME")] = (
        "auto"
    )
    precision: Annotated[
        str,
        Option(
            f"Of matrix products in training: {', '.join(PRECISIONS)}.",
            panel=TRAINING,
            metavar="NAME",
        ),
    ] = "float32"
    threads: Annotated[
        int | None, Option("Processor threads.", panel=TRAINING, metavar="N", usual="all")
    ] = None

    def __post_init__(self) -> None:
        """Check names and ranges; raise ConfigError with the choices."""
        check_name("cell", self.cell, CELLS)
        check_name("head", self.head, HEADS)
        check_name("device", self.device, DEVICES)
        check_name("precision", self.precision, PRECISIONS)
        self._check_classes()
        check_range("members", self.members, 1, 64)
        check_range("seed", self.seed, 0, 2**31 - 1)
        for name, value, high in (
            ("hidden size", self.hidden_size, 4096),
            ("layers", self.layers, 16),
            ("steps", self.steps, 1_000_000),
            ("batch size", self.batch_size, 65_536),
            ("threads", self.threads, 1024),
        ):
            if value is not None:
                check_range(name, value, 1, high)
        if self.learning_rate is not None:
            check_range("learning rate", self.learning_rate, 1e-8, 1.0)
        if self.dilation:
            _check_dilation(self.dilation, self.layers or len(self.dilation))

    def outputs(self, quantile_levels: tuple[float, ...] | None) -> tuple[tuple[float, ...], int]:
        """Return the quantile levels and the number of classes that the head forecasts.

        Args:
            quantile_levels: Those asked for, or None for the usual ones.
        """
        if self.head in CLASSIFIERS:
            return quantile_levels or (), self.classes or 2
        return QUANTILE_LEVELS if quantile_levels is None else quantile_levels, 0

    def _check_classes(self) -> None:
        if self.round and self.head in CLASSIFIERS:
            raise ConfigError(
                f"the head {self.head} forecasts classes, and there is nothing to round; leave out "
                "--round, or pass another --head."
            )
        if self.classes is None:
            return
        check_range("classes", self.classes, 2, MOST_CLASSES)
        if self.head not in CLASSIFIERS:
            raise ConfigError(
                f"the head {self.head} forecasts values and has no classes, but --classes is "
                f"{self.classes}; pass --head {CLASSIFIERS[0]}, or leave out --classes."
            )
