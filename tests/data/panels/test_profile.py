import math
from pathlib import Path

import pytest

from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels.profile import (
    most_missing_first,
    narrowed,
    profile,
    sparkline,
    totals,
)
from forecast_rnn.data.read import read_panel


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
            "from": "2024-01-01",
            "to": "2024-01-04",
            "missing": 2,
            "minimum": 1.0,
            "mean": 2.0,
            "maximum": 3.0,
            "shape": "▁  █",
        },
        {
            "series": "a",
            "rows": 4,
            "from": "2024-01-01",
            "to": "2024-01-04",
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


def test_totals_are_those_of_all_values(gappy_csv):
    panel, _ = read_panel(gappy_csv, Hints())

    sums = totals(profile(panel))

    assert sums == {
        "series": 2,
        "rows": 8,
        "missing": 2,
        "minimum": 1.0,
        "mean": pytest.approx((1 + 3 + 4 * 5) / 6),
        "maximum": 5.0,
    }


def test_series_with_the_most_missing_values_come_first(tmp_path):
    path = tmp_path / "many.csv"
    gaps = {"a": 0, "b": 2, "c": 3, "d": 0, "e": 3}
    rows = [
        f"{name},2024-01-0{day},{'' if day < count + 2 and day > 1 else day}"
        for name, count in gaps.items()
        for day in range(1, 8)
    ]
    path.write_text("\n".join(["id,ds,y", *rows]) + "\n")
    panel, _ = read_panel(path, Hints())

    assert most_missing_first(profile(panel))["series"].to_list() == ["c", "e", "b", "a", "d"]


def test_steps_stay_numbers_and_a_later_start_is_seen(tmp_path):
    path = tmp_path / "steps.csv"
    path.write_text("id,step,y\n" + "".join(f"a,{n},1\n" for n in range(5)) + "b,3,1\nb,4,2\n")
    panel, _ = read_panel(path, Hints())

    series = profile(panel)

    assert series.select("from", "to").rows() == [(0, 4), (3, 4)]


def test_a_narrowed_sparkline_keeps_its_shape():
    assert narrowed("▁▂▃▄▅▆▇█", 4) == "▁▃▆█"
    assert narrowed("▁▁▁▁████    ", 3) == "▁█ "
    assert narrowed("▁█", 8) == "▁█"
