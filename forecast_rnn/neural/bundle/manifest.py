"""The manifest of a bundle: what it is, who made it, and the checksums of its files.

It is JSON in one canonical form (sorted keys, UTF-8, no NaN, integers below 2^53), so that
equal content is equal bytes and a change of any byte shows.
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from typing import Any

from forecast_rnn.errors import BundleError

FORMAT = "forecast-rnn-bundle"
FORMAT_VERSION = 1

_KEYS = {"format", "format_version", "created_by", "description", "files", "self_sha256"}
_MOST_DEPTH = 32
_MOST_INTEGER = 2**53
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_SHA256 = re.compile("[0-9a-f]{64}")


def compose(
    description: Mapping[str, Any], files: Mapping[str, bytes], *, created_by: Mapping[str, str]
) -> bytes:
    """Make the manifest of some files.

    Args:
        description: Anything that JSON can hold.
        files: Name and content of every other file of the bundle.
        created_by: Names and versions of the programs at work.

    Raises:
        ValueError: The description holds a number that is not finite.
    """
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "created_by": dict(created_by),
        "description": dict(description),
        "files": {name: fingerprint(content) for name, content in files.items()},
    }
    return _canonical(manifest | {"self_sha256": _sha256(_canonical(manifest))})


def fingerprint(content: bytes) -> dict[str, str | int]:
    """Give the checksum and the length of a file, as the manifest holds them."""
    return {"sha256": _sha256(content), "bytes": len(content)}


def parse_manifest(content: bytes, files: frozenset[str], *, version: str) -> dict[str, Any]:
    """Read and check a manifest.

    Args:
        content: The bytes of the file.
        files: Names of the files that the manifest must list, and no other.
        version: Of this program, for the message about a bundle from a newer one.

    Raises:
        BundleError: It is damaged, altered, or made by a version that is too new or too old.
    """
    manifest = parse_object(content)
    _require(manifest.get("format") == FORMAT, "does not say that this is a forecast-rnn bundle")
    _check_version(manifest, version)
    _require(set(manifest) == _KEYS, f"has other keys than {sorted(_KEYS)}")
    found = manifest["self_sha256"]
    unsealed = {key: value for key, value in manifest.items() if key != "self_sha256"}
    expected = _sha256(_canonical(unsealed))
    _require(found == expected, f"has SHA-256 {expected[:8]}, but says {str(found)[:8]!r}")
    _require(_canonical(manifest) == content, "was altered: it is not in canonical form")
    for key in ("created_by", "description", "files"):
        _require(type(manifest[key]) is dict, f"has no object under {key!r}")
    _require(set(manifest["files"]) == files, f"lists other files than {sorted(files)}")
    for name, entry in manifest["files"].items():
        _require(_is_fingerprint(entry), f"has no proper checksum of {name}")
    return manifest


def parse_object(content: bytes) -> dict[str, Any]:
    """Read a JSON object strictly: no doubled key, no NaN, nothing deep, no huge integer.

    Raises:
        BundleError: It is something else; the message goes on after the name of the file.
    """
    try:
        text = content.decode()
        _check_depth(text)
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_int=_integer,
            parse_float=_finite,
            parse_constant=_finite,
        )
    except ValueError as error:
        raise BundleError(f"is not proper JSON: {error}") from None
    _require(type(value) is dict, "is not a JSON object")
    found: dict[str, Any] = value
    return found


def _canonical(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=2)
    return f"{text}\n".encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _require(condition: bool, fault: str) -> None:
    if not condition:
        raise BundleError(fault)


def _check_version(manifest: Mapping[str, Any], version: str) -> None:
    found = manifest.get("format_version")
    _require(type(found) is int and found >= 1, "has no proper format version")
    creator = manifest.get("created_by")
    name = creator.get("forecast-rnn", "?") if type(creator) is dict else "?"
    _require(
        found == FORMAT_VERSION,
        f"is of format {found}, made by forecast-rnn {str(name)[:20]!r}; this is forecast-rnn "
        f"{version}, which reads format {FORMAT_VERSION}: install a newer version",
    )


def _is_fingerprint(entry: object) -> bool:
    if type(entry) is not dict or set(entry) != {"sha256", "bytes"}:
        return False
    digest, size = entry["sha256"], entry["bytes"]
    is_digest = type(digest) is str and _SHA256.fullmatch(digest) is not None
    return is_digest and type(size) is int and size >= 0


def _check_depth(text: str) -> None:
    depth = 0
    for sign in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        depth += 1 if sign in "[{" else -1
        if depth > _MOST_DEPTH:
            raise ValueError(f"it is nested deeper than {_MOST_DEPTH} levels")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice[:60]!r} is there twice")
    return found


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > _MOST_INTEGER:
        raise ValueError(f"the integer {text[:17]}… is too large")
    return int(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {text[:17]} is not finite")
    return number
