"""Public holidays of countries and their parts, by day.

Days are counted from 1970. Names are English wherever the machine stands, so that
a model learnt on one machine finds them again on another.
"""

import difflib
import re
import warnings
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.data.words import listed
from forecast_rnn.errors import ConfigError

ANOTHER = 1
_FIRST_NAME = 2
_EPOCH = 719_163  # the ordinal of 1970-01-01
_YEARS = (1, 9998)


def holidays_version() -> str:
    """Return the version of the package that knows the holidays."""
    # Not at the top, as it loads all of the package for e-mail.
    from importlib.metadata import version

    return version("holidays")


def check_countries(countries: Iterable[str]) -> tuple[str, ...]:
    """Return countries as `DE`, and parts of them as `DE-BY`, each once, in the order given.

    Raises:
        ConfigError: holidays of one are not known; the message has those that come near.
    """
    return tuple(dict.fromkeys(_check(country) for country in countries))


def size_of(names: Sequence[str]) -> int:
    """Return the number of codes: of no holiday, of another holiday, and of each name."""
    return _FIRST_NAME + len(names)


def learn_names(country: str, first: int, last: int) -> tuple[str, ...]:
    """Return the names of the holidays from a day to another, both included, sorted."""
    return tuple(sorted({name for day, name in _between(country, first, last)}))


def day_codes(country: str, names: Sequence[str], first: int, last: int) -> NDArray[np.int16]:
    """Return the code of each day from a day to another, both included, [last - first + 1].

    0 is a day without a holiday, 1 a holiday that is not among the names, and the
    others follow the order of the names.
    """
    code_of = {name: _FIRST_NAME + place for place, name in enumerate(names)}
    codes = np.zeros(last - first + 1, np.int16)
    for day, name in _between(country, first, last):
        codes[day - first] = code_of.get(name, ANOTHER)
    return codes


def _between(country: str, first: int, last: int) -> Iterable[tuple[int, str]]:
    # The day that stands in for a holiday may lie in the year before or after.
    years = [_year_of(first) - 1, _year_of(last) + 1]
    low, high = (min(max(year, _YEARS[0]), _YEARS[1]) for year in years)
    return ((day, name) for day, name in _holidays(country, low, high) if first <= day <= last)


def _year_of(day: int) -> int:
    return int(np.datetime64(day, "D").astype("datetime64[Y]").astype(np.int64)) + 1970


@lru_cache(maxsize=256)
def _holidays(country: str, first_year: int, last_year: int) -> tuple[tuple[int, str], ...]:
    """Return the days and names of the holidays of some years; one name a day."""
    from holidays import country_holidays

    code, _, part = country.partition("-")
    supported = country_holidays(code).supported_languages
    # Without a language the names would follow the settings of the machine.
    english = sorted(name for name in supported if name.startswith("en"))
    language = "en_US" if "en_US" in english else next(iter(english), None)
    years = range(first_year, last_year + 1)
    with warnings.catch_warnings():
        # Some calendars that follow the moon are known for a few decades only.
        warnings.simplefilter("ignore")
        by_day = country_holidays(code, part or None, years=years, language=language)
    return tuple((day.toordinal() - _EPOCH, _plain(by_day.get_list(day)[0])) for day in by_day)


def _plain(name: str) -> str:
    """Return a name without what sets one year apart from another: `(estimated)`, dates."""
    name = re.sub(r",? ?\bestimated\b", "", name)
    return re.sub(r" *\([^()]*\d[^()]*\)| *\(\)", "", name)


def _check(country: str) -> str:
    from holidays import country_holidays

    code, _, part = country.strip().replace("_", "-").partition("-")
    code = code.upper()
    try:
        entity = country_holidays(code)
    except NotImplementedError:
        raise _no_country(country, code) from None
    if not part:
        return code
    parts = {name.casefold(): name for name in entity.subdivisions}
    parts |= {name.casefold(): short for name, short in entity.subdivisions_aliases.items()}
    if part.casefold() not in parts:
        raise _no_part(country, code, part, list(entity.subdivisions))
    return f"{code}-{parts[part.casefold()]}"


def _no_country(country: str, code: str) -> ConfigError:
    from holidays import list_supported_countries
    from holidays.registry import COUNTRIES

    codes = list(list_supported_countries(include_aliases=False))
    by_name = {name.replace("_", " "): entry[1] for name, entry in COUNTRIES.items()}
    near = [by_name[name] for name in _near(country.strip().lower(), by_name, 0.75)]
    if not near and len(code) == 2:
        near = _near(code, [name for name in codes if name[0] == code[0]], 0.5)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    return ConfigError(
        f"holidays of '{country}' are not known.{hint} Write a country by its two letters, such "
        "as DE, and a part of it as DE-BY."
    )


def _no_part(country: str, code: str, part: str, parts: list[str]) -> ConfigError:
    if not parts:
        return ConfigError(
            f"holidays of '{country}' are not known: {code} has no parts; write {code}."
        )
    near = _near(part.upper(), parts, 0.5)
    hint = f" Did you mean {' or '.join(f'{code}-{name}' for name in near)}?" if near else ""
    return ConfigError(
        f"holidays of '{country}' are not known.{hint} {code} has the parts {listed(parts)}; "
        f"write one such as {code}-{parts[0]}."
    )


def _near(wanted: str, names: Iterable[str], cutoff: float) -> list[str]:
    return difflib.get_close_matches(wanted, list(names), n=3, cutoff=cutoff)
