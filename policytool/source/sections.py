"""Files that hold the way up and the way down: the way down is blanked, so that every offset stays true."""

import re
from typing import Literal

import msgspec

Tool = Literal["goose", "sql-migrate", "dbmate", "node-pg-migrate"]

_MARK = {
    "goose": r"--[ \t]*\+goose[ \t]+(up|down)\b",
    "sql-migrate": r"--[ \t]*\+migrate[ \t]+(up|down)\b",
    "dbmate": r"--[ \t]*migrate:(up|down)\b",
    "node-pg-migrate": r"--[ \t-]*(up|down)[ \t]+migration\b",
}
_MARKS = {tool: re.compile(rf"^[ \t]*{mark}[^\n]*", re.IGNORECASE | re.MULTILINE) for tool, mark in _MARK.items()}
_NO_TRANSACTION = re.compile(
    r"^[ \t]*--[ \t]*(?:\+goose[ \t]+no[ \t]+transaction|\+migrate[ \t]+up[^\n]*\bnotransaction\b|"
    r"migrate:up[^\n]*\btransaction:[ \t]*false\b|no-transaction\b)",
    re.IGNORECASE | re.MULTILINE,
)
_VISIBLE = re.compile(r"[^\r\n]")


class Up(msgspec.Struct, frozen=True):
    """The part of a file that runs on the way up, at its old offsets."""

    text: str
    transaction: bool


def tool_of(text: str) -> Tool | None:
    """The tool whose marks a file carries."""
    plain = text.lower()
    if "goose" not in plain and "migrat" not in plain:
        return None
    for tool in ("goose", "sql-migrate", "dbmate", "node-pg-migrate"):
        if any(match[1].lower() == "up" for match in _MARKS[tool].finditer(text)):
            return tool
    return None


def up_only(text: str) -> Up:
    """A file with its down parts blanked; a file without marks stays as it is."""
    tool = tool_of(text)
    transaction = "transaction" not in text.lower() or not _NO_TRANSACTION.search(text)
    if tool is None:
        return Up(text, transaction)
    parts: list[str] = []
    start, down = 0, False
    for match in [*_MARKS[tool].finditer(text), None]:
        end = match.start() if match else len(text)
        parts.append(_VISIBLE.sub(" ", text[start:end]) if down else text[start:end])
        start = end
        down = match is not None and match[1].lower() == "down"
    return Up("".join(parts), transaction)
