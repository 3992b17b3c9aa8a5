"""Bytes of a text file to UTF-8: by the user's word, and refused where it is not UTF-8."""

import codecs

from forecast_rnn.errors import DataError

_UTF8_MARK = b"\xef\xbb\xbf"
# The mark of UTF-32 begins like that of UTF-16.
_WIDE_MARKS = {b"\xff\xfe\0\0": "UTF-32", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_HEAD = 64
_MANY_NULS = 8
_LINE_FEED = "\n"


def as_utf8(name: str, data: bytes, encoding: str | None) -> bytes:
    """Return a text as UTF-8 without a byte order mark.

    Args:
        name: What messages call the input.
        data: The text as it is in the file.
        encoding: The user's `--encoding`. A UTF-8 byte order mark overrules it, because newer data
            may be encoded otherwise than those of training.

    Raises:
        DataError: it is no text of that encoding; None is UTF-8.
    """
    marked = data.startswith(_UTF8_MARK)
    if encoding is not None and not marked and codecs.lookup(encoding).name != "utf-8":
        data = _recoded(name, data, encoding)
    else:
        _check_wide(name, data)
    data = data.removeprefix(_UTF8_MARK)
    _check_nul(name, data)
    if not data.isascii():
        _check_utf8(name, data)
    return data


def about_encoding(data: bytes, encoding: str | None) -> tuple[str, ...]:
    """Warn if a text may well be UTF-8 though the user names another encoding."""
    is_default = encoding is None or codecs.lookup(encoding).name in {"utf-8", "utf-8-sig"}
    if is_default or data.startswith(_UTF8_MARK) or data.isascii() or b"\0" in data:
        return ()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return ()
    return (f"the text is read as {encoding}, as --encoding says, but it may well be UTF-8.",)


def _recoded(name: str, data: bytes, encoding: str) -> bytes:
    try:
        return data.decode(encoding).removeprefix("\ufeff").encode()
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(encoding, "replace").count(_LINE_FEED) + 1
        raise DataError(
            f"{name} line {line} is not {encoding} (byte {error.start} is "
            f"0x{data[error.start]:02x}). Pass another --encoding, or save it as UTF-8."
        ) from None
    except UnicodeError as error:
        reason = str(error).partition(_LINE_FEED)[0]
        raise DataError(
            f"{name} is not {encoding} ({reason}). Pass another --encoding, or save it as UTF-8."
        ) from None


def _check_wide(name: str, data: bytes) -> None:
    for mark, encoding in _WIDE_MARKS.items():
        if data.startswith(mark):
            raise DataError(
                f"{name} is {encoding} text; pass --encoding {encoding.lower()}, or save it as "
                "UTF-8 (CSV UTF-8 in Excel)."
            )


def _check_nul(name: str, data: bytes) -> None:
    at = data.find(b"\0")
    if at < 0:
        return
    line = data.count(b"\n", 0, at) + 1
    head, hint = data[:_HEAD], ""
    if head.count(b"\0") > _MANY_NULS:
        # Most characters have one zero byte: the second if little-endian, the first if big-endian.
        order = "le" if head[1::2].count(b"\0") > head[::2].count(b"\0") else "be"
        hint = f"; it looks like UTF-16, pass --encoding utf-16-{order}, or save it as UTF-8"
    raise DataError(f"{name} line {line} holds a NUL byte, so it is not CSV text{hint}.")


def _check_utf8(name: str, data: bytes) -> None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{name} line {line} is not UTF-8 (byte {error.start} is 0x{data[error.start]:02x}, "
            "as in Latin-1 or Windows-1252); pass --encoding cp1252, or save it as UTF-8."
        ) from None
