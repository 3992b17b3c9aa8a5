import json

import pytest

from forecast_rnn.errors import BundleError
from forecast_rnn.neural.bundle.manifest import compose, parse_manifest, parse_object

FILES = {"weights": b"abc", "series": b""}
DESCRIPTION = {"cell": "gru", "levels": [0.1, 0.5], "horizon": 3, "name": "Zürich"}


def composed(**options):
    return compose(DESCRIPTION | options, FILES, created_by={"forecast-rnn": "1.0"})


def parsed(content):
    return parse_manifest(content, frozenset(FILES), version="1.0")


def test_what_is_composed_parses():
    assert parsed(composed())["description"] == DESCRIPTION


def test_order_of_keys_does_not_matter():
    turned = dict(reversed(DESCRIPTION.items()))

    assert compose(turned, FILES, created_by={"forecast-rnn": "1.0"}) == composed()


def test_numbers_that_are_not_finite_are_not_composed():
    with pytest.raises(ValueError, match="not JSON compliant"):
        composed(loss=float("nan"))


def test_every_change_of_a_byte_is_refused():
    content = composed()

    accepted = 0
    for place in range(len(content)):
        for change in (0x01, 0x20, 0xFF):
            altered = bytearray(content)
            altered[place] ^= change
            try:
                parsed(bytes(altered))
                accepted += 1
            except BundleError:
                pass
    assert accepted == 0


def test_every_truncation_is_refused():
    content = composed()

    for length in range(len(content)):
        with pytest.raises(BundleError):
            parsed(content[:length])


def test_a_newer_format_says_who_made_it_and_what_to_do():
    content = composed().replace(b'"format_version": 1', b'"format_version": 2')

    with pytest.raises(BundleError, match=r"format 2, made by forecast-rnn '1\.0'.*newer version"):
        parsed(content)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other"},
        {"format_version": 1.0},
        {"format_version": "1"},
        {"format_version": True},
        {"format_version": 0},
        {"extra": 1},
        {"self_sha256": None},
        {"files": {}},
    ],
)
def test_wrong_keys_and_values_are_refused(change):
    manifest = json.loads(composed()) | change

    with pytest.raises(BundleError):
        parsed(json.dumps(manifest, sort_keys=True, indent=2, ensure_ascii=False).encode() + b"\n")


def test_files_without_proper_checksums_are_refused(monkeypatch):
    monkeypatch.setattr(
        "forecast_rnn.neural.bundle.manifest.fingerprint", lambda content: {"bytes": 1}
    )

    with pytest.raises(BundleError, match="no proper checksum"):
        parsed(composed())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"a": 1, "a": 2}', "there twice"),
        (b'{"a": NaN}', "not finite"),
        (b'{"a": -Infinity}', "not finite"),
        (b'{"a": 1e999}', "not finite"),
        (b'{"a": ' + b"9" * 20_000 + b"}", "too large"),
        (b'{"a": 9007199254740993}', "too large"),
        (b'{"a": ' + b"[" * 100_000 + b"}", "nested deeper"),
        (b"[]", "not a JSON object"),
        (b"\xff\xfe{}", "not proper JSON"),
        (b"", "not proper JSON"),
        (b'{"a": "' + b"[" * 50 + b'", }', "not proper JSON"),
    ],
)
def test_treacherous_json_is_refused(content, reason):
    with pytest.raises(BundleError, match=reason):
        parse_object(content)


def test_brackets_inside_text_are_not_depth():
    assert parse_object(b'{"a": "' + b"[" * 50 + b'\\""}') == {"a": "[" * 50 + '"'}
