"""Missing values by the user's word."""

import math

import numpy as np
import pytest

from forecast_rnn.data.hints import Hints, Missing
from forecast_rnn.errors import DataError
from tests.data.conftest import Read, lines

NAN = math.nan
ROWS = [
    *("a,2024-01-01,", "a,2024-01-02,5", "a,2024-01-03,NA", "a,2024-01-06,7", "a,2024-01-07,8"),
    *("b,2024-01-01,", "b,2024-01-02,3", "b,2024-01-03,4", "b,2024-01-04,"),
]


@pytest.mark.parametrize(
    ("rule", "values", "fact"),
    [
        ("keep", [NAN, 5, NAN, NAN, NAN, 7, 8, NAN, 3, 4, NAN], None),
        ("zero", [0, 5, 0, 0, 0, 7, 8, 0, 3, 4, 0], "6 missing values set to 0"),
        (
            "previous",
            [NAN, 5, 5, 5, 5, 7, 8, NAN, 3, 4, 4],
            "4 missing values set to the value before, 2 with none before are kept as missing",
        ),
    ],
)
def test_missing_cells_and_gaps_go_by_the_rule(
    read: Read, rule: Missing, values: list[float], fact: str | None
) -> None:
    panel, findings = read(ROWS, Hints(missing=rule))

    assert np.array_equal(panel.values, values, equal_nan=True)
    assert findings.facts.get("missing") == fact
    assert ("kept as missing" in " ".join(findings.warnings)) == (rule == "keep")


def test_a_rule_without_anything_missing_is_said_too(read: Read) -> None:
    assert read(lines(9), Hints(missing="zero"))[1].facts["missing"] == (
        "0 missing values set to 0"
    )


def test_a_file_of_rare_sales_is_filled_with_zeros(read: Read) -> None:
    days = [1, 2, 3, 4, 5, 28]
    rows = [f"a,2024-01-{day:02},1" for day in days]

    with pytest.raises(DataError, match="--missing zero"):
        read(rows)
    assert read(rows, Hints(missing="zero"))[0].values.sum() == len(days)


def test_nothing_but_missing_values_is_refused_under_every_rule(read: Read) -> None:
    with pytest.raises(DataError, match="column y has no values"):
        read([f"a,2024-01-0{day}," for day in range(1, 9)], Hints(missing="zero"))


def test_newer_data_are_filled_as_those_of_training(read: Read) -> None:
    panel, _ = read(ROWS, Hints(missing="zero"))

    again, _ = read(ROWS, panel.schema.hints())

    assert again.values.tolist() == panel.values.tolist()
