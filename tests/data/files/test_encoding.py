"""Text files that are not UTF-8."""

import pytest

from forecast_rnn.data.files.encoding import as_utf8
from forecast_rnn.data.hints import Hints
from forecast_rnn.errors import DataError
from tests.data.conftest import Read, lines

TEXT = "größe,ds\n1,2024-01-01\n"
NAMED = ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1", "utf-8-sig", "cp437"]


@pytest.mark.parametrize("encoding", NAMED)
def test_text_of_a_named_encoding_becomes_utf8_without_a_mark(encoding: str) -> None:
    assert as_utf8("data.csv", TEXT.encode(encoding), encoding).decode() == TEXT


@pytest.mark.parametrize("encoding", [None, "cp1252", "UTF8"])
def test_the_mark_of_utf8_overrules_the_name(encoding: str | None) -> None:
    assert as_utf8("data.csv", TEXT.encode("utf-8-sig"), encoding).decode() == TEXT


@pytest.mark.parametrize(
    ("encoding", "option"),
    [
        ("utf-16", "UTF-16 text; pass --encoding utf-16,"),
        ("utf-32", "UTF-32 text; pass --encoding utf-32,"),
        ("utf-16-le", "line 1 holds a NUL byte.*pass --encoding utf-16-le,"),
        ("utf-16-be", "line 1 holds a NUL byte.*pass --encoding utf-16-be,"),
        ("cp1252", r"line 1 is not UTF-8 \(byte 2 is 0xf6.*pass --encoding cp1252,"),
    ],
)
def test_an_error_names_the_option_that_helps(encoding: str, option: str) -> None:
    with pytest.raises(DataError, match=option):
        as_utf8("data.csv", TEXT.encode(encoding), None)


def test_bytes_that_the_encoding_lacks_are_refused_with_their_line() -> None:
    with pytest.raises(DataError, match=r"line 3 is not cp1252 \(byte 4 is 0x81\)"):
        as_utf8("data.csv", b"a\nb\n\x81\n", "cp1252")


def test_a_decoder_that_gives_up_without_a_place_is_no_bug() -> None:
    with pytest.raises(DataError, match="is not undefined"):
        as_utf8("data.csv", b"a\n\xff\n", "undefined")


def test_lines_are_those_of_the_file(read: Read) -> None:
    text = "\n".join(["unique_id,ds,y", *lines(9), "ä,2024-01-01,x"]).encode("utf-16")

    with pytest.raises(DataError, match="line 11, column y: 'x' is not a number"):
        read(text, Hints(encoding="utf-16"))


def test_text_that_may_well_be_utf8_is_said(read: Read) -> None:
    text = "\n".join(["unique_id,ds,y", *lines(9, items=("ä",))])

    _, findings = read(text, Hints(encoding="cp1252"))

    assert findings.warnings == (
        "the text is read as cp1252, as --encoding says, but it may well be UTF-8.",
    )


@pytest.mark.parametrize("encoding", [None, "utf8", "cp1252", "utf-16"])
def test_text_of_its_own_encoding_is_no_cause_for_a_warning(
    read: Read, encoding: str | None
) -> None:
    text = "\n".join(["unique_id,ds,y", *lines(9, items=("ä",))])

    _, findings = read(text.encode(encoding or "utf-8"), Hints(encoding=encoding))

    assert findings.warnings == ()


def test_newer_data_are_read_in_the_encoding_of_training(read: Read) -> None:
    text = "\n".join(["straße,ds,y", *lines(9, items=("ä", "ö"))]).encode("cp1252")

    panel, _ = read(text, Hints(encoding="cp1252"))
    again, _ = read(text, panel.schema.hints())

    assert again.names() == panel.names() == ["ä", "ö"]
    assert again.items.columns == ["straße"]
