"""Parquet through pyarrow."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.read import Findings, read_panel
from forecast_rnn.errors import DataError

DAYS = [date(2024, 1, day) for day in range(1, 21)]
Save = Callable[..., Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def run(columns: dict[str, object], **options: object) -> Path:
        path = tmp_path / "data.parquet"
        pq.write_table(pa.table(columns), path, **options)
        return path

    return run


def read(path: Path) -> tuple[Panel, Findings]:
    return read_panel(path, Hints())


@pytest.mark.parametrize(
    "target",
    [
        pa.array([Decimal(day) for day in range(20)], pa.decimal128(10, 2)),
        pa.array(range(20), pa.int8()),
        pa.array([float(day) for day in range(20)], pa.float32()),
    ],
)
def test_numbers_of_any_type_are_read(save: Save, target: pa.Array) -> None:
    panel, findings = read(save({"ds": DAYS, "y": target}))

    assert panel.values.tolist() == list(range(20))
    assert findings.warnings == ()


def test_dictionary_ids_and_zones_are_read(save: Save) -> None:
    times = pa.array([datetime(2024, 1, 1, hour) for hour in range(20)], pa.timestamp("ns", "UTC"))
    ids = pa.array(["x"] * 20).dictionary_encode()

    panel, _ = read(save({"unique_id": ids, "ds": times, "y": list(range(20))}))

    assert panel.names() == ["x"]
    assert (panel.frequency.every, panel.schema.time_zone) == ("1h", "UTC")


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.int32(), "dictionary"])
def test_ids_that_come_in_pieces_are_put_together(
    save: Save, monkeypatch: pytest.MonkeyPatch, kind: pa.DataType | str
) -> None:
    monkeypatch.setattr("forecast_rnn.data.files.parquet._ROWS_AT_ONCE", 7)
    names = [str(100 * place) for place in range(4) for _ in DAYS]
    ids = pa.array(names).cast(pa.int32()) if kind == pa.int32() else pa.array(names)
    ids = ids.dictionary_encode() if kind == "dictionary" else ids.cast(kind)
    columns = {"unique_id": ids, "ds": DAYS * 4, "y": list(range(80))}

    panel, _ = read(save(columns, row_group_size=30))

    assert panel.names() == ["0", "100", "200", "300"]
    assert panel.values.tolist() == list(range(80))


def test_nulls_and_nans_are_missing(save: Save) -> None:
    panel, findings = read(save({"ds": DAYS, "y": [None, float("nan"), *map(float, range(18))]}))

    assert panel.values[2:].tolist() == list(range(18))
    assert "2 missing values in 1 series (first: row 1)" in findings.warnings[0]


def test_text_that_looks_like_numbers_follows_the_rules_of_csv(save: Save) -> None:
    panel, findings = read(save({"ds": DAYS, "y": [str(day) for day in range(20)]}))

    assert panel.values.tolist() == list(range(20))
    assert "column y is text" in findings.warnings[0]
    with pytest.raises(DataError, match=r"row 20, column y: 'x' is not a number"):
        read(save({"ds": DAYS, "y": [*map(str, range(19)), "x"]}))


@pytest.mark.parametrize("value", [float("inf"), 1e200])
def test_infinite_and_absurd_numbers_are_refused(save: Save, value: float) -> None:
    with pytest.raises(DataError, match="row 20, column y"):
        read(save({"ds": DAYS, "y": [*map(float, range(19)), value]}))


def test_a_list_is_no_target(save: Save) -> None:
    with pytest.raises(DataError, match="type List"):
        read(save({"ds": DAYS, "y": [[1.0]] * 20}))


def test_no_rows_are_refused(save: Save) -> None:
    empty = pa.table({"ds": pa.array([], pa.date32()), "y": pa.array([], pa.float64())})

    with pytest.raises(DataError, match="no data rows"):
        read(save({name: empty[name] for name in empty.column_names}))


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    table = pa.table([pa.array(DAYS), pa.array([1.0] * 20), pa.array([1.0] * 20)], ["ds", "y", "y"])
    pq.write_table(table, tmp_path / "data.parquet")

    with pytest.raises(DataError, match="columns 2 and 3 are both named 'y'"):
        read(tmp_path / "data.parquet")


def test_any_flipped_byte_of_a_file_with_checksums_is_an_error_or_harmless(save: Save) -> None:
    columns = {"ds": DAYS, "y": [float(day) for day in range(20)]}
    path = save(columns, write_page_checksum=True, compression="none", use_dictionary=False)
    sound = path.read_bytes()
    wrong = 0

    for at in range(4, len(sound), 7):
        damaged = bytearray(sound)
        damaged[at] ^= 0x41
        path.write_bytes(bytes(damaged))
        try:
            panel, _ = read(path)
            wrong += panel.values.tolist() != columns["y"]
        except DataError:
            pass

    assert wrong == 0


def test_a_cut_file_is_refused(save: Save) -> None:
    path = save({"ds": DAYS, "y": [1.0] * 20})
    path.write_bytes(path.read_bytes()[:-30])

    with pytest.raises(DataError, match="damaged or not Parquet"):
        read(path)


def test_a_file_that_claims_far_more_than_it_can_hold_is_refused(
    save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forecast_rnn.data.files.parquet._FREE_BYTES", 1000)
    path = save({"ds": [DAYS[0]] * 100_000, "y": [1.0] * 100_000})

    with pytest.raises(DataError, match="ratio above 200:1"):
        read(path)


@pytest.mark.parametrize(("unit", "first"), [("M", date(2010, 1, 1)), ("Q-DEC", date(2090, 1, 1))])
def test_periods_of_pandas_are_their_first_days(tmp_path: Path, unit: str, first: date) -> None:
    stored = {b"ARROW:extension:name": b"pandas.period"}
    stored[b"ARROW:extension:metadata"] = f'{{"freq": "{unit}"}}'.encode()
    schema = pa.schema([pa.field("t", pa.int64(), metadata=stored), pa.field("y", pa.float64())])
    values = [list(range(480, 520)), [float(row) for row in range(40)]]
    pq.write_table(pa.table(values, schema=schema), tmp_path / "data.parquet")

    panel, _ = read_panel(tmp_path / "data.parquet", Hints())

    assert panel.starts.to_list() == [first]
