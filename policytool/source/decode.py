"""Bytes to text: UTF-8, UTF-16 with its mark, and Latin-1 as the last resort."""

import codecs

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class NotText(Exception):
    """The bytes are no text at all; the message says why."""


def decode(data: bytes) -> tuple[str, str | None]:
    """The text without its byte order mark, and a remark where the encoding was not UTF-8."""
    if data.startswith(_UTF16):
        return _utf16(data)
    if b"\0" in data:
        raise NotText("it holds NUL bytes, so it is not SQL text")
    if data.startswith(b"version https://git-lfs"):
        raise NotText("it is a Git LFS pointer; `git lfs pull` fetches the file itself")
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        byte = f"byte {data[error.start]:#04x} at offset {error.start}"
        return data.decode("latin-1"), f"it is not valid UTF-8 ({byte}), so it was read as Latin-1"


def _utf16(data: bytes) -> tuple[str, str | None]:
    try:
        text = data.decode("utf-16")
    except UnicodeDecodeError:
        raise NotText("it begins with a UTF-16 mark and is not UTF-16") from None
    if "\0" in text:
        raise NotText("it holds NUL characters, so it is not SQL text")
    return text, None
