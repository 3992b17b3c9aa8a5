"""Arithmetic of stamps on a grid."""

import numpy as np
import pytest

from forecast_rnn.data.time.frequency import DAY, Frequency
from forecast_rnn.data.time.stamps import locate, shift


@pytest.mark.parametrize(
    "frequency",
    [
        Frequency("1i", "integer", 7),
        Frequency("5ms", "offset"),
        Frequency("1d", "offset"),
        Frequency("3mo", "offset"),
        Frequency("1mo", "month_end"),
        Frequency("2b", "business_day"),
    ],
)
def test_a_stamp_is_located_where_it_was_put(frequency: Frequency) -> None:
    # 31 January 2024 is a Wednesday and the end of a month.
    anchor = np.full(400, (19_723 + 30) * DAY, np.int64)
    steps = np.arange(400)

    position, fits = locate(shift(anchor, steps, frequency), anchor, frequency)

    assert position.tolist() == steps.tolist()
    assert fits.all()


def test_stamps_off_the_grid_are_seen() -> None:
    anchor = np.full(3, 19_723 * DAY, np.int64)
    stamps = anchor + np.array([0, DAY // 2, 5 * DAY])

    assert locate(stamps, anchor, Frequency("1d", "offset"))[1].tolist() == [True, False, True]
    assert locate(stamps, anchor, Frequency("1b", "business_day"))[1].tolist() == [
        True,
        False,
        False,
    ]
    assert locate(stamps, anchor, Frequency("1mo", "offset"))[1].tolist() == [True, False, False]
