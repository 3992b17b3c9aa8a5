"""How good forecasts of values are: one Polars expression a metric.

Each is an aggregate over the rows of a backtest table (`forecast`, `actual`, `error_scale`,
quantiles); rows where it is undefined are left out, as are gaps in the actual values.
"""

from collections.abc import Callable, Sequence

import polars as pl

from forecast_rnn.config import Task
from forecast_rnn.tables import ACTUAL, ERROR_SCALE, FORECAST, ROOT_SCALE, quantile_column

Levels = Sequence[float]
MetricFn = Callable[[Levels], pl.Expr]

_error = pl.col(FORECAST) - pl.col(ACTUAL)


def mae(levels: Levels) -> pl.Expr:
    """Mean absolute error, mean |f - y|. Hyndman and Koehler (2006), section 2.1."""
    return _error.abs().mean()


def rmse(levels: Levels) -> pl.Expr:
    """Root mean squared error, √mean (f - y)². Hyndman and Koehler (2006), section 2.1."""
    return (_error**2).mean().sqrt()


def bias(levels: Levels) -> pl.Expr:
    """Mean error, mean (f - y): above 0 the forecasts are too high.

    Hyndman and Athanasopoulos, https://otexts.com/fpp3/accuracy.html, with the sign turned.
    """
    return _error.mean()


def mape(levels: Levels) -> pl.Expr:
    """Mean absolute percentage error, 100·mean |f - y| / |y|, zeros of y left out.

    Hyndman and Koehler (2006), section 2.2.
    """
    actual = pl.col(ACTUAL)
    return 100 * pl.when(actual != 0).then(_error.abs() / actual.abs()).mean()


def smape(levels: Levels) -> pl.Expr:
    """Symmetric percentage error, 200·mean |f - y| / (|f| + |y|), 0 where both are 0.

    Makridakis et al. (2020), https://doi.org/10.1016/j.ijforecast.2019.04.014, section 2.
    """
    size = pl.col(FORECAST).abs() + pl.col(ACTUAL).abs()
    return 200 * pl.when(size != 0).then(_error.abs() / size).otherwise(size).mean()


def mase(levels: Levels) -> pl.Expr:
    """Mean absolute scaled error, mean |f - y| / error_scale.

    Hyndman and Koehler (2006), https://doi.org/10.1016/j.ijforecast.2006.03.001, eq. 4.
    """
    return (_error.abs() / pl.col(ERROR_SCALE)).mean()


def rmsse(levels: Levels) -> pl.Expr:
    """Root mean squared scaled error, √mean ((f - y) / root_error_scale)².

    Hyndman and Koehler (2006), section 3; with differences of a season as in `mase`, while
    the M5 competition takes those of one row: Makridakis et al. (2022),
    https://doi.org/10.1016/j.ijforecast.2021.07.007.
    """
    return ((_error / pl.col(ROOT_SCALE)) ** 2).mean().sqrt()


def quantile_loss(levels: Levels) -> pl.Expr:
    """Pinball loss, mean over rows and levels of max(τ·(y - q), (τ - 1)·(y - q)).

    Koenker and Bassett (1978), https://doi.org/10.2307/1913643.
    """
    return pl.mean_horizontal(_pinball(level).mean() for level in levels)


def crps(levels: Levels) -> pl.Expr:
    """Continuous ranked probability score from quantiles, twice the mean pinball loss.

    Exact in the limit of many equidistant levels: Gneiting and Ranjan (2011),
    https://doi.org/10.1198/jbes.2010.08110; Berrisch and Ziel (2023),
    https://doi.org/10.1016/j.jeconom.2021.11.008.
    """
    return 2 * quantile_loss(levels)


def weighted_quantile_loss(levels: Levels) -> pl.Expr:
    """Pinball loss of all series over their size, 2·Σ pinball / Σ |y|, mean over levels.

    Salinas et al. (2020), https://doi.org/10.1016/j.ijforecast.2019.07.001, section 4.
    """
    # Level by level, as this is over all rows at once; a model has all quantiles or none.
    loss = pl.mean_horizontal(_pinball(level).sum() for level in levels)
    size = pl.when(_pinball(min(levels)).is_not_null()).then(pl.col(ACTUAL).abs()).sum()
    return 2 * pl.when(size > 0).then(loss / size)


def coverage(levels: Levels) -> pl.Expr:
    """Share of actual values inside the widest interval; best is the interval's own share.

    Gneiting and Raftery (2007), https://doi.org/10.1198/016214506000001437, section 1.
    """
    return pl.col(ACTUAL).is_between(*_widest(levels)).mean()


def interval_width(levels: Levels) -> pl.Expr:
    """Mean width of the widest interval, in units of the data. Same source as `coverage`."""
    lower, upper = _widest(levels)
    return (upper - lower).mean()


def msis(levels: Levels) -> pl.Expr:
    """Mean scaled interval score: width, and what misses the widest interval, over error_scale.

    mean ((u - l) + max(l - y, 0) / α + max(y - u, 0) / (1 - β)) / error_scale, for the quantiles
    l at level α and u at level β. Gneiting and Raftery (2007), section 6.2, scaled as in
    Makridakis et al. (2020), https://doi.org/10.1016/j.ijforecast.2019.04.014, section 2.
    """
    lower, upper = _widest(levels)
    actual = pl.col(ACTUAL)
    below = pl.when(actual < lower).then((lower - actual) / min(levels)).otherwise(0)
    above = pl.when(actual > upper).then((actual - upper) / (1 - max(levels))).otherwise(0)
    return ((upper - lower + below + above) / pl.col(ERROR_SCALE)).mean()


METRICS: dict[str, MetricFn] = {
    "mase": mase,
    "rmsse": rmsse,
    "smape": smape,
    "mape": mape,
    "mae": mae,
    "rmse": rmse,
    "bias": bias,
    "quantile_loss": quantile_loss,
    "crps": crps,
    "weighted_quantile_loss": weighted_quantile_loss,
    "coverage": coverage,
    "interval_width": interval_width,
    "msis": msis,
}
INTERVAL = ("coverage", "interval_width", "msis")
"""Those of the widest interval."""


def value_metrics(task: Task) -> dict[str, pl.Expr]:
    """Return the metrics of the quantile levels of a task, by name."""
    return {name: metric(task.quantile_levels) for name, metric in METRICS.items()}


def score_names(levels: Levels) -> dict[str, str]:
    """Name the metrics as scores show them: those of an interval carry its share in percent.

    With 0.1 and 0.9 the widest levels, `coverage` is `coverage_80`; a single level makes no
    interval.
    """
    share = round(100 * (max(levels) - min(levels)))
    names = {metric: f"{metric}_{share}" if metric in INTERVAL else metric for metric in METRICS}
    return {metric: name for metric, name in names.items() if share or metric not in INTERVAL}


def _pinball(level: float) -> pl.Expr:
    below = pl.col(ACTUAL) - pl.col(quantile_column(level))
    return pl.max_horizontal(level * below, (level - 1) * below)


def _widest(levels: Levels) -> tuple[pl.Expr, pl.Expr]:
    return pl.col(quantile_column(min(levels))), pl.col(quantile_column(max(levels)))
