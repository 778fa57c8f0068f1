"""Placeholders of templating tools, filled with stand-ins of the same length so that every offset stays true."""

import re
from collections.abc import Iterator

_PLACEHOLDER = re.compile(
    r"\{\{[^{}\n]*\}\}|\$\{[^{}\n]*\}|\{%[^\n]*?%\}|<%[^\n]*?%>|%\(\w+\)s|@[A-Za-z_]\w*@"
    r"|(?<![:\w]):'[A-Za-z_]\w*'|(?<![:\w]):\"[A-Za-z_]\w*\"|(?<![:\w\]]):[A-Za-z_]\w*"
)


def placeholders(text: str) -> list[tuple[int, int]]:
    """Where the placeholders of a text stand."""
    return [match.span() for match in _PLACEHOLDER.finditer(text)]


def filled(text: str) -> Iterator[str]:
    """The text with each placeholder as a name, then as a string; both as long as before, in bytes too."""
    yield _PLACEHOLDER.sub(lambda match: _name(match[0]), text)
    yield _PLACEHOLDER.sub(lambda match: _literal(match[0]), text)


def _name(token: str) -> str:
    if token.startswith(":'"):
        return _literal(token)
    if token.startswith(':"'):
        return token[1:] + " "
    if token.startswith(("{%", "<%")):
        return _spaces(token)
    return "".join(_same_width(char) for char in token)


def _literal(token: str) -> str:
    if token.startswith(":'"):
        return token[1:] + " "
    if token.startswith(("{%", "<%")):
        return _spaces(token)
    width = len(token.encode())
    return "'" + "x" * (width - 2) + "'" if width > 2 else "''"[:width]


def _same_width(char: str) -> str:
    return char if char.isascii() and (char.isalnum() or char == "_") else "_" * len(char.encode())


def _spaces(token: str) -> str:
    return "".join("\n" if char == "\n" else " " * len(char.encode()) for char in token)
