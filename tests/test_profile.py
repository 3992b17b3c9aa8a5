import math
from pathlib import Path

import pytest

from forecast_rnn.data.read import read_panel
from forecast_rnn.data.schema import Hints
from forecast_rnn.profile import profile, sparkline


@pytest.fixture
def gappy_csv(tmp_path: Path) -> Path:
    path = tmp_path / "gappy.csv"
    path.write_text(
        "shop,day,y\n"
        "z,2024-01-01,1\nz,2024-01-02,\nz,2024-01-04,3\n"
        "a,2024-01-01,5\na,2024-01-02,5\na,2024-01-03,5\na,2024-01-04,5\n"
    )
    return path


def test_each_series_is_described_in_the_order_of_the_file(gappy_csv):
    panel, _ = read_panel(gappy_csv, Hints())

    table = profile(panel, width=4)

    assert table.to_dicts() == [
        {
            "series": "z",
            "rows": 4,
            "missing": 2,
            "minimum": 1.0,
            "mean": 2.0,
            "maximum": 3.0,
            "shape": "▁  █",
        },
        {
            "series": "a",
            "rows": 4,
            "missing": 0,
            "minimum": 5.0,
            "mean": 5.0,
            "maximum": 5.0,
            "shape": "▄▄▄▄",
        },
    ]


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([], ""),
        ([None, math.nan], "  "),
        ([0.0, 7.0], "▁█"),
        ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], "▁▂▃▄▅▆▇█"),
        ([1.0, None, 1.0], "▄ ▄"),
        ([-1.7e308, 1.7e308], "▁█"),
    ],
)
def test_a_sparkline_runs_from_the_least_to_the_greatest(values, line):
    assert sparkline(values) == line
