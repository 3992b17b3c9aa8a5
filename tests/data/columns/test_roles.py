"""Which column is what."""

import polars as pl
import pytest

from forecast_rnn.data.columns.roles import Roles, find_roles, settle_ids
from forecast_rnn.data.files.table import Rows, Table
from forecast_rnn.data.hints import Hints
from forecast_rnn.errors import DataError
from tests.data.conftest import Read

DAYS = ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"]


def roles_of(columns: dict[str, list[str]], hints: Hints | None = None) -> Roles:
    frame = pl.DataFrame(columns)
    table = Table("data.csv", frame, lambda names, _: Rows("data.csv", frame.select(names), str))
    return find_roles(table, hints or Hints())


def ids_of(columns: dict[str, list[str]]) -> tuple[str, ...]:
    roles = roles_of(columns)
    return settle_ids(Rows("data.csv", pl.DataFrame(columns), str), roles)


def test_columns_are_known_by_content() -> None:
    roles = roles_of({"shop": list("aabb"), "day": DAYS, "sold": list("1234")})

    assert (roles.time, roles.target, roles.item_id) == ("day", ("sold",), ("shop",))


def test_columns_are_known_by_name_among_others() -> None:
    columns = {"unique_id": list("1122"), "ds": DAYS, "weather": list("abcd"), "y": list("1234")}
    roles = roles_of(columns | {"price": list("5678"), "delivered": DAYS})

    assert (roles.time, roles.target, roles.item_id) == ("ds", ("y",), ("unique_id",))
    assert roles.unused == ("weather", "price", "delivered")


def test_the_word_of_the_user_counts_most() -> None:
    columns = {"id": list("aabb"), "shop": list("abab"), "ds": DAYS, "due": DAYS, "y": list("1234")}
    columns["z"] = list("5678")
    roles = roles_of(columns, Hints(time="due", target=("z",), item_id=("shop",)))

    assert (roles.time, roles.target, roles.item_id) == ("due", ("z",), ("shop",))


def test_increasing_whole_numbers_are_times() -> None:
    assert roles_of({"n": ["1", "2", "3", "4"], "y": ["4", "3", "9", "1"]}).time == "n"


def test_a_nameless_first_column_of_row_numbers_is_ignored_with_a_warning() -> None:
    roles = roles_of({"column_1": ["0", "1", "2", "3"], "ds": DAYS, "sold": list("1324")})

    assert roles.target == ("sold",)
    assert "row numbers" in roles.warnings[0]


def test_a_nameless_first_column_of_dates_is_the_time() -> None:
    assert roles_of({"column_1": DAYS, "sold": list("1324")}).time == "column_1"


def test_codes_with_leading_zeros_name_series() -> None:
    assert ids_of(
        {"shop": ["007", "007", "010", "010"], "ds": DAYS[:2] * 2, "y": list("1234")}
    ) == ("shop",)


def test_a_text_that_varies_within_a_series_names_none() -> None:
    columns = {
        "region": list("xxyy"),
        "shop": list("aabb"),
        "remark": ["ok", "bad", "fine", "ok"],
        "ds": DAYS[:2] * 2,
        "y": list("1234"),
    }

    assert ids_of(columns) == ("region", "shop")


def test_a_single_series_needs_no_id() -> None:
    assert ids_of({"remark": ["ok", "bad", "ok", "bad"], "ds": DAYS, "y": list("1234")}) == ()


@pytest.mark.parametrize(
    ("columns", "hints", "message"),
    [
        ({"ds": DAYS, "a": list("1234"), "b": list("1234")}, Hints(), "'a', 'b' all hold numbers"),
        ({"ds": DAYS, "name": list("abcd")}, Hints(), "no column holds numbers"),
        ({"a": list("3141"), "b": list("abcd")}, Hints(), "no column holds dates"),
        (
            {"start": DAYS, "stop": DAYS, "y": list("1234")},
            Hints(),
            "'start', 'stop' all hold times",
        ),
        ({"ds": DAYS, "sales": list("1234")}, Hints(target=("sale",)), "Did you mean 'sales'"),
        (
            {"ds": DAYS, "y": list("1234")},
            Hints(time="date"),
            "no column 'date'; there are 'ds', 'y'",
        ),
        ({"a": list("aaaa"), "2024-01-01": DAYS, "20.0": list("1234")}, Hints(), "looks like data"),
        ({"ds": DAYS, "y": list("1234")}, Hints(target=("ds",), time="ds"), "cannot be target"),
        ({"ds": DAYS, "y": list("1234")}, Hints(item_id=("ds",), time="ds"), "'ds' is named twice"),
        ({"ds": DAYS, "y": list("1234")}, Hints(target=("y", "y")), "'y' is named twice"),
    ],
)
def test_doubt_is_an_error_with_the_choices(
    columns: dict[str, list[str]], hints: Hints, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        roles_of(columns, hints)


def test_whole_numbers_that_tell_rows_of_one_time_apart_are_ids(read: Read) -> None:
    rows = [f"{sku},2024-01-{day:02},{day % 7}" for sku in (11, 12, 13) for day in range(1, 21)]

    panel, _ = read("\n".join(["sku,day,sold", *rows]) + "\n")

    assert panel.schema.item_id == ("sku",)
    assert panel.schema.target == "sold"


def test_of_amounts_and_plain_numbers_the_plain_ones_are_forecast(read: Read) -> None:
    rows = [f"2024-01-{day:02},{day},$0.0{day % 10}" for day in range(1, 21)]

    panel, findings = read("\n".join(["day,used,cost", *rows]) + "\n")

    assert panel.schema.target == "used"
    assert findings.facts["not used"] == "cost"


def test_the_user_may_say_that_all_rows_are_one_series(read: Read) -> None:
    rows = [f"note {day},2024-01-{day:02},{day}" for day in range(1, 21)]
    text = "\n".join(["id,day,sold", *rows]) + "\n"

    panel, findings = read(text, Hints(item_id=("none",)))
    again, _ = read(text, panel.schema.hints())

    assert panel.schema.item_id == again.schema.item_id == ()
    assert findings.facts["id"] == "one series"


def test_a_column_called_none_is_a_column(read: Read) -> None:
    rows = [f"{item},2024-01-{day:02},{day}" for item in "ab" for day in range(1, 21)]

    panel, _ = read("\n".join(["none,day,sold", *rows]) + "\n", Hints(item_id=("none",)))

    assert panel.names() == ["a", "b"]
    assert not panel.schema.single
