"""psql's variables: put in place outside of quotes and comments, and the words of a psql line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from policytool.catalog.spelling import identifier, literal

_QUOTED: Final = re.compile(
    r"--[^\n]*|/\*.*?\*/|(?<![\w$])\$(?P<tag>[^\W\d]\w*)?\$.*?\$(?(tag)(?P=tag))\$|(?<!\w)[eE]'(?:\\.|''|[^'\\])*'"
    r"|'(?:''|[^'])*'|\"(?:\"\"|[^\"])*\"|::|:\{\?(?P<asked>\w+)\}|:'(?P<text>\w+)'|:\"(?P<name>\w+)\"|:(?P<plain>\w+)",
    re.DOTALL,
)
_WORD: Final = re.compile(r"'(?:''|\\.|[^'\\])*'|\"(?:\"\"|[^\"])*\"|:\{\?\w+\}|:'\w+'|:\"\w+\"|:\w+|[^\s'\":]+|:|\s+")
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def interpolate(sql: str, variables: Mapping[str, str]) -> str:
    """A statement with the values of variables; a name that no variable has stays as it is written."""
    if ":" not in sql:
        return sql
    return _QUOTED.sub(lambda match: _value(match, variables), sql)


def words(line: str, variables: Mapping[str, str]) -> list[str]:
    """The arguments of a psql command, quotes undone."""
    found: list[str] = []
    current: str | None = None
    for match in _WORD.finditer(line):
        token = match[0]
        if token.isspace():
            if current is not None:
                found.append(current)
            current = None
            continue
        current = (current or "") + _word(token, variables)
    return found if current is None else [*found, current]


def truth(word: str) -> bool | None:
    """What psql's \\if makes of a word, by its beginning."""
    lowered = word.strip().lower()
    if lowered and ("true".startswith(lowered) or "yes".startswith(lowered) or lowered in ("on", "1")):
        return True
    if lowered and ("false".startswith(lowered) or "no".startswith(lowered) or lowered in ("of", "off", "0")):
        return False
    return None


def _word(token: str, variables: Mapping[str, str]) -> str:
    if token.startswith("'"):
        inner = token[1:-1].replace("''", "'")
        return re.sub(r"\\(.)", lambda escaped: _ESCAPES.get(escaped[1], escaped[1]), inner)
    if token.startswith(":"):
        return interpolate(token, variables)
    return token


def _value(match: re.Match[str], variables: Mapping[str, str]) -> str:
    if asked := match["asked"]:
        return "true" if asked in variables else "false"
    name = match["text"] or match["name"] or match["plain"]
    if name is None or name not in variables:
        return match[0]
    value = variables[name]
    if match["text"]:
        return literal(value)
    return identifier(value) if match["name"] else value
