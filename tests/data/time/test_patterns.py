"""Patterns found from one cell."""

import pytest

from forecast_rnn.data.time.patterns import has_short_year, has_zone, patterns_of


@pytest.mark.parametrize(
    ("cell", "writing"),
    [
        ("2024-01-31", "%Y-%m-%d"),
        ("2024-01-31T05:00:00.25", "%Y-%m-%dT%H:%M:%S%.3f"),
        ("1/31/2024 5:00:00 pm", "%d/%m/%Y %I:%M:%S %P"),
        ("2024Q3", "%YQ%q"),
        ("2024-W05", "%G-W%V"),
    ],
)
def test_a_cell_shows_its_pattern(cell: str, writing: str) -> None:
    assert patterns_of(cell)[0].writing == writing


@pytest.mark.parametrize("cell", ["", "abc", "12", "45292", "2024", "99999999", "1-2-3", "12:00"])
def test_other_cells_have_none(cell: str) -> None:
    assert patterns_of(cell) == []


def test_zones_and_short_years_are_seen() -> None:
    assert has_zone("2024-01-31T05:00+01:00")
    assert not has_zone("2024-01-31")
    assert has_short_year("31/01/24")
    assert not has_short_year("31/01/2024")
