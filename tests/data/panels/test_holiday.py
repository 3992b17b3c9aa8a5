"""Public holidays of countries and their parts, by day."""

import os
import subprocess
import sys
from datetime import date

import numpy as np
import pytest

from forecast_rnn.data.panels.holiday import (
    ANOTHER,
    check_countries,
    day_codes,
    holidays_version,
    learn_names,
    size_of,
)
from forecast_rnn.errors import ConfigError

EPOCH = date(1970, 1, 1)


def day_of(year: int, month: int, day: int) -> int:
    return (date(year, month, day) - EPOCH).days


def name_of(country: str, year: int, month: int, day: int) -> str | None:
    names = learn_names(country, day_of(year, month, day), day_of(year, month, day))
    return names[0] if names else None


@pytest.mark.parametrize(
    ("country", "day", "name"),
    [
        ("DE", (2024, 10, 3), "German Unity Day"),
        ("DE", (1989, 10, 3), None),
        ("DE", (2024, 3, 29), "Good Friday"),
        ("DE", (2025, 4, 18), "Good Friday"),
        ("DE", (2024, 1, 6), None),
        ("DE-BY", (2024, 1, 6), "Epiphany"),
        ("DE-BE", (2024, 3, 8), "Women's Day"),
        ("US", (2024, 11, 28), "Thanksgiving Day"),
        ("US", (2021, 7, 5), "Independence Day (observed)"),
        ("US", (2021, 12, 31), "New Year's Day (observed)"),
        ("JP", (2024, 5, 3), "Constitution Day"),
    ],
)
def test_known_days_are_holidays(country: str, day: tuple[int, int, int], name: str | None) -> None:
    assert name_of(country, *day) == name


def test_names_do_not_follow_the_language_of_the_machine() -> None:
    program = (
        "from forecast_rnn.data.panels.holiday import learn_names as names; "
        "print(names('DE', 19724, 20088), names('FR', 19724, 20088))"
    )

    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "LANG": language, "LANGUAGE": language, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            check=True,
        ).stdout
        for language in ("de_DE.UTF-8", "C")
    }

    assert len(outputs) == 1
    assert b"German Unity Day" in outputs.pop()


def test_names_are_the_same_each_year() -> None:
    turkish = learn_names("TR", day_of(2010, 1, 1), day_of(2030, 12, 31))
    chinese = learn_names("CN", day_of(2010, 1, 1), day_of(2025, 12, 31))

    assert "Eid al-Fitr" in turkish
    assert not [name for name in turkish if "estimated" in name]
    assert "Day off" in chinese
    assert not [name for name in chinese if "/20" in name]


def test_a_day_has_the_code_of_its_name_or_that_of_another_holiday() -> None:
    first, last = day_of(2024, 12, 23), day_of(2024, 12, 27)
    names = learn_names("DE", first, last)

    codes = day_codes("DE", names, first, last)
    fewer = day_codes("DE", names[1:], first, last)

    assert names == ("Christmas Day", "Second Day of Christmas")
    assert codes.tolist() == [0, 0, 2, 3, 0]
    assert fewer.tolist() == [0, 0, ANOTHER, 2, 0]
    assert codes.max() == size_of(names) - 1


def test_codes_do_not_depend_on_the_years_asked_for() -> None:
    names = learn_names("US", day_of(2000, 1, 1), day_of(2024, 12, 31))
    whole = day_codes("US", names, day_of(2000, 1, 1), day_of(2024, 12, 31))

    for year in range(2000, 2025):
        first, last = day_of(year, 1, 1), day_of(year, 12, 31)
        part = day_codes("US", names, first, last)

        begin = first - day_of(2000, 1, 1)
        assert np.array_equal(part, whole[begin : begin + len(part)])


@pytest.mark.parametrize("year", [1, 1500, 9998])
def test_times_far_away_are_no_error(year: int) -> None:
    assert len(day_codes("IN", (), day_of(year, 1, 1), day_of(year, 12, 31))) >= 365


def test_countries_and_parts_are_written_in_one_way() -> None:
    assert check_countries(["de", " DE ", "de-by", "DE-Bayern", "de_by", "US"]) == (
        "DE",
        "DE-BY",
        "US",
    )


@pytest.mark.parametrize(
    ("country", "message"),
    [
        ("Germany", "'Germany' are not known. Did you mean DE?"),
        ("united stats", "Did you mean US"),
        ("DX", "Did you mean D[A-Z] or D[A-Z] or D[A-Z]"),
        ("Xland", r"known\. Write a country"),
        (
            "DE-BX",
            "Did you mean .*DE-BY.* has the parts BB, BE.* more; write one such as DE-BB",
        ),
        ("123", "'123' are not known. Write a country by its two letters, such as DE"),
        ("", "such as DE, and a part of it as DE-BY"),
        ("FO-X", "FO has no parts; write FO"),
    ],
)
def test_an_unknown_country_is_refused_with_those_that_come_near(
    country: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        check_countries([country])


def test_the_version_is_that_of_the_package() -> None:
    import holidays

    assert holidays_version() == holidays.__version__
