"""Series and priors that tests of the prior share."""

import numpy as np

from forecast_rnn.prior.design import Design
from forecast_rnn.prior.history import History, prepare
from forecast_rnn.prior.places import Places, places
from forecast_rnn.prior.weights import Prior, shapes

SMALL = Design(hidden_size=8, layers=2, head_size=8)


def walks(series=4, rows=60, seed=0, missing=0.0):
    """Return random walks well above zero, [B, N], some rows of which are missing."""
    rng = np.random.default_rng(seed)
    values = 200 + rng.normal(size=(series, rows)).cumsum(axis=1)
    values[:, 1:][rng.random((series, rows - 1)) < missing] = np.nan
    return values


def history(values, season=4, second=0) -> History:
    lead = np.ones(len(values), int)
    return prepare(values, season * lead, second * lead)


def every_row(of: History, begin=0) -> Places:
    """Return all places from a row on."""
    series, rows = of.values.shape
    items, columns = np.mgrid[0:series, begin:rows]
    return places(of, items.ravel(), columns.ravel())


def random_prior(design=SMALL, seed=0) -> Prior:
    """Return a prior of random weights, large enough for every part to count."""
    rng = np.random.default_rng(seed)
    weights = {
        name: rng.normal(0, 0.4, shape).astype(np.float32) for name, shape in shapes(design).items()
    }
    return Prior(design, weights, {})
