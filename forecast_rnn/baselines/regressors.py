"""Regression on lags and calendar: one model for all series, as many would try at first.

Like the network, both see windows that are normalised by their own level and size, and
learn how far the outcome is from the seasonal naive, which they are where there is nothing
to learn from. They learn from no value after the first cutoff, of whichever series.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from forecast_rnn.baselines.lags import Lags, Windows, lags_of, mean
from forecast_rnn.baselines.simple import Rows, Values, seasonal_naive
from forecast_rnn.config import Task
from forecast_rnn.data.panels.calendar import Almanac, almanac, cyclic_features
from forecast_rnn.data.panels.origins import by_cutoff
from forecast_rnn.data.panels.panel import Panel

CorrectionFn = Callable[[Rows, Windows], Values]

_RIDGE_NUMBERS = 12_000_000
"""Inputs and outcomes that the ridge regression may learn from: about a second."""
_RIDGE_PORTION = 250_000
"""As many of them at a time."""
_RIDGE_ROWS = 2_000
_SHRINKAGE = 10.0
_TREES_STEPS = 100_000
"""Steps from which the trees learn: some seconds."""
_STEPS_EACH = 4
_NEWEST = 3
_PORTION = 100_000
"""Steps forecast at a time."""
_SEED = 0


def ridge(panel: Panel, rows: Rows, task: Task) -> Values:
    """Forecast by ridge regression on lags, each step by coefficients of its own.

    One model of all series, linear in the normalised values of the last rows and in the calendar
    of the first step. A missing value is read as the level, a missing outcome as the seasonal
    naive.
    Hoerl and Kennard (1970), https://doi.org/10.1080/00401706.1970.10488634; the direct strategy
    of Ben Taieb et al. (2012), https://doi.org/10.1016/j.eswa.2012.01.039, section 2.

    Args:
        panel: The series.
        rows: Origins, [B]; what came up to the first of their cutoffs is learnt from.
        task: Horizon and season.

    Returns:
        [B, H]; NaN where nothing is observed up to the origin.
    """
    from threadpoolctl import threadpool_limits

    lags, book = lags_of(panel, rows, task), _book(panel, task)

    def inputs(origins: Rows, windows: Windows) -> Values:
        return np.hstack([np.nan_to_num(windows.values), _first_step(panel, book, origins)])

    width = inputs(rows[:1], lags.windows(rows[:1])).shape[1] + task.horizon
    learnt = lags.learnable(_RIDGE_NUMBERS // width)
    if not len(learnt):
        return seasonal_naive(panel, rows, task)

    def both(origins: Rows) -> Values:
        windows = lags.windows(origins)
        outcomes = np.nan_to_num(lags.outcomes(origins, windows))
        return np.hstack([inputs(origins, windows), outcomes])

    def portions() -> Iterator[Values]:
        for part in np.array_split(learnt, math.ceil(len(learnt) * width / _RIDGE_PORTION)):
            whole = np.empty((len(part), width))
            # Cutting windows takes several times the memory of what comes of it.
            for begin in range(0, len(part), _RIDGE_ROWS):
                few = slice(begin, begin + _RIDGE_ROWS)
                whole[few] = both(part[few])
            yield whole

    # One thread, as sums over several differ in the last digit from machine to machine.
    with threadpool_limits(limits=1):
        slopes, start = fit_ridge(portions(), task.horizon)
        return _corrected(
            lags, rows, lambda origins, windows: inputs(origins, windows) @ slopes + start
        )


def fit_ridge(portions: Iterator[Values], horizon: int) -> tuple[Values, Values]:
    """Return the slopes [F, H] and starts [H] of a ridge regression; starts are not shrunk.

    Our own code, and not the class of scikit-learn, with which it agrees but for rounding: that
    takes a second to load, which every training would wait for, and takes all rows at once.

    Args:
        portions: Inputs and outcomes side by side, [B, F + H], some rows at a time.
        horizon: H.
    """
    count, sums, products, usual = 0, np.zeros(0), np.zeros((0, 0)), np.zeros(0)
    for both in portions:
        if not count:
            # Sums of what is apart from something in the middle keep their digits.
            width, usual = both.shape[1] - horizon, both.mean(axis=0)
            sums, products = np.zeros(len(usual)), np.zeros((width, len(usual)))
        both -= usual
        count += len(both)
        sums += both.sum(axis=0)
        products += both[:, :width].T @ both
    products -= np.outer(sums[:width], sums / count)
    middle = usual + sums / count
    matrix, right = products[:, :width], products[:, width:]
    np.fill_diagonal(matrix, matrix.diagonal() + _SHRINKAGE)
    slopes = np.asarray(np.linalg.solve(matrix, right), dtype=np.float64)
    return slopes, middle[width:] - middle[:width] @ slopes


def gradient_boosting(panel: Panel, rows: Rows, task: Task) -> Values:
    """Forecast by gradient-boosted trees on lags and calendar, the step among the inputs.

    Friedman (2001), https://doi.org/10.1214/aos/1013203451, over histograms as in LightGBM of
    Ke et al. (2017). Arguments and result as of `ridge`.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    lags, book = lags_of(panel, rows, task), _book(panel, task)
    steps_each = min(_STEPS_EACH, task.horizon)
    learnt = lags.learnable(_TREES_STEPS // steps_each)
    generator = np.random.default_rng(_SEED)
    steps = generator.integers(1, task.horizon + 1, (len(learnt), steps_each))
    windows = lags.windows(learnt)
    outcomes = np.take_along_axis(lags.outcomes(learnt, windows), steps - 1, axis=1).ravel()
    known = ~np.isnan(outcomes)
    if not known.any():
        return seasonal_naive(panel, rows, task)
    inputs = _at_steps(lags, book, learnt, windows, steps)
    model = HistGradientBoostingRegressor(early_stopping=False, random_state=_SEED)

    def correction(origins: Rows, windows: Windows) -> Values:
        steps = np.tile(np.arange(1, task.horizon + 1), (len(origins), 1))
        predicted = model.predict(_at_steps(lags, book, origins, windows, steps))
        return np.asarray(predicted, dtype=np.float64).reshape(steps.shape)

    with threadpool_limits(limits=1):
        model.fit(inputs[known], outcomes[known])
        return _corrected(lags, rows, correction)


def _corrected(lags: Lags, rows: Rows, correction: CorrectionFn) -> Values:
    """Add what a model says to the seasonal naive, portion by portion, [B, H].

    Where what was learnt from is never below 0, no forecast is.
    """
    forecasts, lowest = np.empty((len(rows), lags.task.horizon)), lags.lowest()
    parts: list[Rows] = []
    each = max(1, _PORTION // (lags.task.horizon + lags.length))
    # Cutoff by cutoff, as the last digit of a product depends on what is multiplied beside it.
    for places in by_cutoff(lags.panel, rows, lags.task.horizon):
        parts += np.array_split(places, math.ceil(len(places) / each))
    for part in parts:
        origins = rows[part]
        windows, usual = lags.windows(origins), seasonal_naive(lags.panel, origins, lags.task)
        corrected = usual + windows.size * correction(origins, windows)
        if lowest >= 0:
            corrected = np.maximum(corrected, np.minimum(usual, 0))
        seen = ~np.isnan(windows.level)
        forecasts[part] = np.where(seen, corrected, usual)
    return forecasts


def _book(panel: Panel, task: Task) -> Almanac:
    """Return the calendar; of holidays only whether there is one, as names hang on the last row."""
    book = almanac(panel, task.horizon, countries=panel.schema.holidays)
    is_holiday = np.array([field.startswith("holiday ") for field in book.fields], dtype=np.bool_)
    return replace(book, codes=np.where(is_holiday, np.minimum(book.codes, 1), book.codes))


def _first_step(panel: Panel, book: Almanac, rows: Rows) -> Values:
    """Return smooth features of the calendar one row ahead, [B, F]."""
    item = panel.item_of(rows)
    place = book.offset[item] + rows + 1 - panel.indptr[item]
    parts = [np.zeros((len(rows), 0))]
    for number, (field, size) in enumerate(zip(book.fields, book.sizes, strict=True)):
        features = cyclic_features(field, size)
        if features is not None:
            parts.append(features[book.codes[place, number]].astype(np.float64))
    return np.hstack(parts)


def _at_steps(lags: Lags, book: Almanac, rows: Rows, windows: Windows, steps: Rows) -> Values:
    """Return what the trees see of some steps after each row.

    The step, the value at the same place of the last season and of the one before, the newest
    values, the level a season before, and the codes of the calendar. Missing as NaN.

    Args:
        lags: How windows were cut.
        book: The calendar.
        rows: Origins, [B].
        windows: Those of the origins.
        steps: From 1, [B, S].

    Returns:
        [B·S, F]
    """
    item, season = lags.panel.item_of(rows), lags.task.season_length
    place = (steps - 1) % season + 1 - season
    same = [windows.apart(lags.at(rows, place - back)) for back in (0, season)]
    newest = [windows.values[:, -lag] for lag in range(1, _NEWEST + 1)]
    before = windows.apart(mean(lags.at(rows, np.arange(1 - 2 * season, 1 - season))))[:, 0]
    shared = np.stack([*newest, before], axis=1)
    ahead = (book.offset[item] + rows - lags.panel.indptr[item])[:, None] + steps
    codes = book.codes[ahead] if book.fields else np.zeros((*steps.shape, 0))
    repeated = np.repeat(shared[:, None], steps.shape[1], axis=1)
    columns = [steps[..., None], np.stack(same, axis=-1), repeated, codes]
    seen = np.concatenate(columns, axis=-1, dtype=np.float64)
    return seen.reshape(steps.size, -1)
