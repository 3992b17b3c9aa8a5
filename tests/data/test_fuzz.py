"""Files of every kind, good and broken: a command ends with an exit code that says why.

`FUZZ_EXAMPLES=2000 python -m pytest tests/data/test_fuzz.py` tries that many new ones; without
it the same 500 are tried each time.
"""

import gzip
import json
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecast_rnn.cli import main

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "500"))
TRAINED = 50
"""One in so many is trained on."""
QUICK = ("--steps", "2", "--hidden-size", "4", "--members", "1", "--threads", "1", "--quiet")

FAULTS = (
    *("cells", "ragged", "header", "time", "start", "number", "separator", "quote", "end"),
    *("before", "after", "encoding", "noise", "pack", "name", "rows", "double"),
)
TIMES = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%SZ", "%d.%m.%Y", "%Y%m%d", "%b %d, %Y")
ODD_TIMES = (
    *("%d/%m/%Y", "%m/%d/%Y", "%Y-%m", "%Y", "%GW%V", "%-d-%b-%y", "%Y-%m-%d %H:%M:%S.%f", "%H"),
    *("%Y-%m-%d %H:%M+01:00", "%Y-%m-%dT%H:%M:%S-0330", "%I:%M %p %d/%m/%Y", "%s", "%j", "%c"),
)
STEPS = (timedelta(days=1), timedelta(days=7), timedelta(days=31), timedelta(hours=1))
NUMBERS = ("{}", "{}.5", "+{}", "-{}.25", "{}e2", "-0.{}")
ODD_NUMBERS = ("{},5", "{}%", "${}", "1,{}00", "1_{}", "0x{}", "{}e99", "({})", "{0}.{0}.{0}", "")
MISSING = ("", "NA", "nan", "null", "-", "?", "inf", "-Infinity", "1e400", "true", " ", "\t")
NAMES = ("unique_id", "ds", "y", "date", "time", "value", "", " ", "y", "ünï", "1", "x\x1by")
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "cp1252", "latin-1", "gb18030", "utf-7", "ascii")
IDS = ("a", "b", "007", "=1+1", "north, east", 'say "so"', "two\nlines", "é", "e\u0301", "")
TEXTS = st.one_of(st.sampled_from(IDS), st.text(max_size=6))
FILES = ("data.tsv", "data.txt", "data", "data.gz", "data.csv.zst", "data.parquet", "data.xlsx")
OPTIONS = (
    *(("--wide",), ("--strict",), ("--json",), ("--time", "ds"), ("--target", "y"), ("--id", "ds")),
    *(
        ("--id", "unique_id"),
        ("--target", "y,value"),
        ("--target", "y,y"),
        ("--time", "y"),
        ("--duplicates", "sum"),
    ),
    *(("--duplicates", "mean"), ("--duplicates", "last"), ("--missing", "zero")),
    *(("--missing", "previous"), ("--date-format", "%d/%m/%Y"), ("--date-format", "%H")),
    *(("--date-format", "%Q%"), ("--encoding", "cp1252"), ("--encoding", "utf-16")),
    *(("--encoding", "utf-7"), ("--encoding", "idna"), ("--timezone", "Europe/Berlin")),
    *(("--timezone", "Asia/Kathmandu"), ("--timezone", "Mars/Base")),
    *(("--freq", every) for every in ("d", "h", "w", "mo", "b", "me", "7us", "1i", "5y", "90m")),
)
Faults = frozenset[str]


@st.composite
def tables(draw: st.DrawFn, faults: Faults) -> list[list[str]]:
    """Draw the rows of a table of ids, times and numbers."""
    items = draw(st.lists(TEXTS, min_size=1, max_size=3, unique="double" not in faults))
    rows = draw(st.sampled_from([1, 2, 5] if "rows" in faults else [12, 30]))
    written = draw(st.sampled_from(ODD_TIMES if "time" in faults else TIMES))
    years = (1, 9990) if "start" in faults else (1990, 2030)
    start = draw(st.datetimes(*(datetime(year, 1, 1) for year in years)))
    step = draw(st.sampled_from(STEPS if "%H" in written else STEPS[:-1]))
    number = draw(st.sampled_from(ODD_NUMBERS if "number" in faults else NUMBERS))
    table = [
        [item, _time(start + step * row, written), number.format(row % 7 + 1)]
        for item in items
        for row in range(rows)
    ]
    odd = st.one_of(st.sampled_from(MISSING + NUMBERS + ODD_NUMBERS), TEXTS)
    for _ in range(draw(st.integers(1, 3)) if "cells" in faults else 0):
        table[draw(st.integers(0, len(table) - 1))][draw(st.integers(0, 2))] = draw(odd)
    if "ragged" in faults:
        row = draw(st.integers(0, len(table) - 1))
        table[row] = table[row][: draw(st.integers(0, 3))] + draw(st.lists(odd, max_size=2))
    order = draw(st.sampled_from([1, 1, -1, 7]))
    return table[::order] if abs(order) == 1 else sorted(table, key=lambda row: row[1:])


def _time(when: datetime, written: str) -> str:
    try:
        return when.strftime(written)
    except (ValueError, OverflowError):
        return str(when)


@st.composite
def texts(draw: st.DrawFn, faults: Faults) -> str:
    """Draw a table as text: header, separators, quotes, line ends, and what stands around."""
    header = ["unique_id", "ds", "y"]
    if "header" in faults:
        header = draw(st.lists(st.sampled_from(NAMES), max_size=4))
    table = draw(tables(faults))
    separator = draw(st.sampled_from([" ", ", ", "~"] if "separator" in faults else [*",,;\t|"]))
    quote = draw(st.sampled_from(["never"] if "quote" in faults else ["always", "needed"]))
    ends = ["\r", "\n\n", separator + "\n", " \n"] if "end" in faults else ["\n", "\r\n"]
    end = draw(st.sampled_from(ends))
    text = end.join(
        separator.join(_quoted(cell, separator, quote) for cell in row)
        for row in ([header, *table] if header else table)
    )
    odd = ["\n", "A title\n", "# note\n\n", "sep=;\n", "\ufeff"] if "before" in faults else [""]
    after = [end * 3, separator * 2, "\ntotal,,5", '"', "\x1a"] if "after" in faults else ["", end]
    return draw(st.sampled_from(odd)) + text + draw(st.sampled_from(after))


def _quoted(cell: str, separator: str, quote: str) -> str:
    special = any(mark in cell for mark in (separator, '"', "\n", "\r"))
    if quote == "never" or (quote == "needed" and not special):
        return cell
    return '"' + cell.replace('"', '""') + '"'


@st.composite
def files(draw: st.DrawFn) -> tuple[str, bytes]:
    """Draw the name and the content of a file with a few faults, or none."""
    faults = draw(st.frozensets(st.sampled_from(FAULTS), max_size=3))
    names = ENCODINGS if "encoding" in faults else ("utf-8", "utf-8", "utf-8-sig")
    content = draw(texts(faults)).encode(draw(st.sampled_from(names)), "replace")
    for _ in range(draw(st.integers(1, 3)) if "noise" in faults else 0):
        at, length = draw(st.integers(0, len(content))), draw(st.integers(0, 3))
        noise = draw(st.one_of(st.binary(max_size=4), st.sampled_from([b"\0", b'"', b",", b"\n"])))
        content = content[:at] + noise + content[at + length :]
    if "pack" in faults:
        content = gzip.compress(content)[: draw(st.sampled_from([None, None, -9, 12]))]
    return draw(st.sampled_from(FILES)) if "name" in faults else "data.csv", content


@pytest.mark.slow
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
@given(
    files(),
    st.one_of(st.just([]), st.lists(st.sampled_from(OPTIONS), max_size=2, unique=True)),
    st.integers(1, TRAINED),
)
def test_a_command_ends_with_a_code_that_says_why(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    file: tuple[str, bytes],
    options: list[tuple[str, ...]],
    draw: int,
) -> None:
    path = tmp_path / file[0]
    path.write_bytes(file[1])
    said = [word for option in options for word in option]

    code = main(["inspect", str(path), *said])

    check_outcome(code, capfd, {0, 2, 65})
    if draw < TRAINED:
        return
    code = main(["train", str(path), *said, *QUICK, "--out", str(tmp_path / "out")])
    check_outcome(code, capfd, {0, 2, 3, 65, 79})


def check_outcome(code: int, capfd: pytest.CaptureFixture[str], expected: set[int]) -> None:
    out, err = capfd.readouterr()
    assert code in expected, err
    assert "Traceback" not in err
    assert "panicked" not in err
    assert len(err.splitlines()) <= 25
    if code not in {0, 3}:
        assert err.count("error: ") == 1
        assert not out or json.loads(out)["error"] in err
