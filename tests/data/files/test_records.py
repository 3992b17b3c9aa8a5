"""Where records begin and end."""

import pytest

from forecast_rnn.data.files.records import Text, check_quotes, count, measure
from forecast_rnn.errors import DataError


def text(data: str) -> Text:
    return Text("data.csv", data.encode(), ",", '"' in data)


def test_records_and_separators_are_counted_outside_of_quotes() -> None:
    assert count(text('a,b\n"1,\n2",3\n4,5')) == (3, 3)


def test_the_shape_of_each_record_is_measured() -> None:
    shape = measure(text('a,b\n"1,\n2",3\n\n4,\r\n,\n'))

    assert shape.line.tolist() == [1, 2, 4, 5, 6]
    assert shape.fields.tolist() == [2, 2, 1, 2, 2]
    assert shape.blank.tolist() == [False, False, True, False, True]
    assert shape.trailing.tolist() == [False, False, False, True, True]


def test_doubled_quotes_are_in_order_and_stray_ones_are_not() -> None:
    check_quotes(text('"a ""b""",""\r\n"c"'))

    with pytest.raises(DataError, match="line 2: a quote stands in the midst"):
        check_quotes(text('a,b\nc,d"e"\n'))
