"""Ways of writing times that are read by writing them in another way first.

A range is read by its start; ordinals, names of weekdays and words such as `Quarter` give way to
the forms of `patterns`, in which output is then written.
"""

import re

import polars as pl

from forecast_rnn.data.columns.timecells import detect

_QUARTER = r"q(?:uarter|tr)?\.?"
_WEEK = r"(?:calendar )?(?:week|wk|w|kw|cw)\.?"
_NTH = r"(?:st|nd|rd|th)"
_RULES = (
    # Intervals: 2024-01-01/2024-01-07, 01.01.2024 - 07.01.2024, Jan 1, 2024 to Jan 7, 2024.
    (r"^(\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z?)?)/\d{4}-\d{2}-\d{2}\S*$", "${1}"),
    (r"^(\S.*?)\s+(?:-|–|—|to|until|bis)\s+\S.*$", "${1}"),  # noqa: RUF001
    (r"^(\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4})\s?[-–—]\s?\d.*$", "${1}"),  # noqa: RUF001
    (rf"(?i)^(\d{{4}})[ ,/.-]*([1-4]){_NTH}? ?{_QUARTER}$", "${1}-Q${2}"),
    (rf"(?i)^([1-4]){_NTH}? ?{_QUARTER}[ ,/.-]*(\d{{4}})$", "${2}-Q${1}"),
    (rf"(?i)^{_QUARTER} ?([1-4])[ ,/.-]*(\d{{4}})$", "${2}-Q${1}"),
    (rf"(?i)^(\d{{4}})[ ,/.-]*{_QUARTER} ?([1-4])$", "${1}-Q${2}"),
    (rf"(?i)^{_WEEK} ?(\d{{2}})[ ,/.-]*(\d{{4}})$", "${2}-W${1}"),
    (rf"(?i)^{_WEEK} ?(\d)[ ,/.-]*(\d{{4}})$", "${2}-W0${1}"),
    (rf"(?i)^(\d{{4}})[ ,/.-]*{_WEEK} ?(\d{{2}})$", "${1}-W${2}"),
    (rf"(?i)^(\d{{4}})[ ,/.-]*{_WEEK} ?(\d)$", "${1}-W0${2}"),
    (r"(?i)^(\d{4})[ -]?M(\d{2})$", "${1}M${2}"),
    (r"(?i)^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[,.]? (.*)$", "${1}"),
    (rf"(?i)\b(\d{{1,2}}){_NTH}\b(?: of)?", "${1}"),
    (r"(?i)\b([a-z]{3,9})[.,] (\d{4})$", "${1} ${2}"),
    (r"(?i)\bsept\b", "Sep"),
)


def rewritten(cells: pl.Series) -> pl.Series | None:
    """Return stripped cells in a form that is read; None if there is none.

    The rules that the first cell asks for, one after the other, are applied to all.
    """
    present = cells.drop_nulls()
    present = present.filter(present != "").head(1)
    if not len(present):
        return None
    if detect(present):
        return None
    for pattern, replacement in _RULES:
        if detect(present):
            return cells
        if re.search(pattern, present[0]):
            cells = cells.str.replace(pattern, replacement)
            present = present.str.replace(pattern, replacement)
    return cells if detect(present) else None
