"""A file, standard input or a frame becomes a panel."""

import csv
import io
import math
import sys
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.read import format_times, panel_from_frame, read_panel, refuse_warnings
from forecast_rnn.errors import ConfigError, DataError

from .conftest import Read, lines


def test_what_was_understood_is_said_in_order(read: Read) -> None:
    rows = "".join(f"{row},9\n" for row in lines(3, items=("a", "b")))

    _, findings = read("unique_id,ds,y,price\n" + rows)

    assert findings.facts == {
        "time": "ds (daily, 2024-01-01 to 2024-01-03)",
        "id": "unique_id (2 series)",
        "target": "y",
        "frequency": "1d",
        "rows": "6",
        "not used": "price",
    }


def test_csv_parquet_frame_and_standard_input_give_the_same_panel(
    read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "\n".join(["unique_id,ds,y", *lines(9, items=("b", "a"))])
    frame = pl.read_csv(io.StringIO(text), try_parse_dates=True)
    frame.write_parquet(tmp_path / "data.parquet")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))

    panels = [
        read(text)[0],
        read_panel(tmp_path / "data.parquet", Hints())[0],
        panel_from_frame(frame, Hints())[0],
        read_panel("-", Hints())[0],
    ]

    for panel in panels[1:]:
        assert panel.values.tolist() == panels[0].values.tolist()
        assert panel.starts.equals(panels[0].starts)
        assert panel.items.equals(panels[0].items)
        assert panel.order.tolist() == panels[0].order.tolist()


def test_a_frame_with_categories_is_read() -> None:
    frame = pl.DataFrame({"shop": list("aabb"), "ds": [1, 2, 1, 2], "y": [1, 2, 3, 4]})

    panel, _ = panel_from_frame(frame.cast({"shop": pl.Categorical}), Hints())

    assert panel.names() == ["a", "b"]


def test_an_empty_frame_is_refused() -> None:
    with pytest.raises(DataError, match="has no rows"):
        panel_from_frame(pl.DataFrame({"ds": [], "y": []}), Hints())


def test_future_times_are_written_as_the_input_wrote_them(read: Read) -> None:
    rows = [f"a,{quarter},{place}" for place, quarter in enumerate(["2023Q4", "2024Q1", "2024Q2"])]

    panel, _ = read(rows)
    future = panel.timestamps(pl.Series([0, 0]), pl.Series([3, 4]))

    assert format_times(future, panel.schema).to_list() == ["2024Q3", "2024Q4"]


def naive_panel(text: str) -> dict[str, dict[str, float]]:
    """Read `unique_id,ds,y` by a plain loop."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for row in csv.DictReader(io.StringIO(text)):
        found[row["unique_id"]][row["ds"]] = float(row["y"]) if row["y"] else math.nan
    return found


def as_dict(panel: Panel) -> dict[str, dict[str, float]]:
    """Return the observed rows of a panel, and those that are missing in the input."""
    rows = np.arange(len(panel.values))
    item = panel.item_of(rows)
    times = panel.timestamps(pl.Series(item), pl.Series(rows - panel.indptr[item]))
    written = format_times(times, panel.schema).to_list()
    names = panel.names()
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for number, time, value in zip(item, written, panel.values, strict=True):
        found[names[number]][time] = float(value)
    return found


SERIES = st.dictionaries(
    st.sampled_from(["a", "b", "10", "9", "é"]),
    st.lists(st.one_of(st.none(), st.integers(-99, 99)), min_size=4, max_size=12),
    min_size=1,
)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(SERIES, st.randoms(use_true_random=False))
def test_a_panel_holds_what_a_plain_loop_reads(
    read: Read, series: dict[str, list[int | None]], random: object
) -> None:
    rows = [
        f"{name},2024-02-{day:02},{'' if value is None else value}"
        for name, values in series.items()
        for day, value in enumerate(values, start=20 if len(values) < 10 else 10)
    ]
    random.shuffle(rows)  # type: ignore[attr-defined]
    text = "\n".join(["unique_id,ds,y", *rows])
    wanted = naive_panel(text)
    if all(math.isnan(value) for values in wanted.values() for value in values.values()):
        with pytest.raises(DataError, match="no values"):
            read(text)
        return

    found = as_dict(read(text)[0])

    assert str({k: dict(sorted(v.items())) for k, v in sorted(wanted.items())}) == str(
        {k: dict(v) for k, v in sorted(found.items())}
    )


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=60), st.integers(0, 120), st.booleans())
def test_any_bytes_are_read_or_refused_by_our_own_errors(
    read: Read, noise: bytes, at: int, replace: bool
) -> None:
    sound = "\n".join(["unique_id,ds,y", *lines(9)]).encode()
    broken = sound[:at] + noise + sound[at + (len(noise) if replace else 0) :]

    try:
        panel, _ = read(broken)
    except (DataError, ConfigError):
        return

    assert not np.isinf(panel.values).any()


def test_strict_reading_lists_the_first_warnings() -> None:
    with pytest.raises(DataError) as caught:
        refuse_warnings([f"Fault {number}." for number in range(7)])

    text = str(caught.value).splitlines()
    assert text[0] == "7 warnings refused by --strict:"
    assert text[1:] == [*(f"  Fault {number}." for number in range(5)), "  and 2 more"]


def test_strict_reading_takes_data_without_warnings() -> None:
    assert refuse_warnings(()) is None  # type: ignore[func-returns-value]


def test_faults_of_all_columns_are_told_in_one_go(read: Read) -> None:
    rows = lines(20)
    rows[3] = "a,2024-01-04,abc"
    rows[7] = "a,2024-01-32,7"
    rows[9] = ",2024-01-10,9"

    with pytest.raises(DataError) as caught:
        read(rows)

    text = str(caught.value).splitlines()
    assert text[0].endswith(
        "data.csv has 3 faults (1 in column 'ds', 1 in column 'y', 1 in column 'unique_id'):"
    )
    assert [line.partition(":")[0].strip() for line in text[1:]] == [
        "line 5, column y",
        "line 9, column ds",
        "line 11, column unique_id",
    ]


def test_faults_of_every_target_are_told(read: Read) -> None:
    rows = [f"2024-01-0{day},{day},{day}" for day in range(1, 9)]
    rows[2], rows[5] = "2024-01-03,x,3", "2024-01-06,6,?!"

    with pytest.raises(DataError) as caught:
        read("\n".join(["ds,b,a", *rows]), Hints(target=("a", "b")))

    assert [(fault.place, fault.column) for fault in caught.value.faults] == [
        ("line 4", "b"),
        ("line 7", "a"),
    ]
