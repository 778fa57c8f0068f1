"""Places inside a statement that its parse tree does not give: a parenthesised clause, the text of a string."""

from __future__ import annotations

import re
from typing import Final

from policytool.catalog.build.state import State
from policytool.syntax.location import Location, line_index

_TOKEN: Final = re.compile(
    r"""--[^\n]*                                # what may hold a parenthesis that is none
    | /\*
    | [eE]'(?:[^'\\]|\\.|'')*'
    | '(?:[^']|'')*'
    | "(?:[^"]|"")*"
    | \$(?P<tag>\w*)\$
    | [A-Za-z_\x80-\U0010ffff][\w$]*
    | [0-9.]+
    | [();]
    | [^\s\w]""",
    re.VERBOSE | re.DOTALL,
)
_COMMENT: Final = re.compile(r"/\*|\*/")


def clause(state: State, after: int, *words: str) -> Location | None:
    """The inside of the parentheses that follow these words, looked for from a node's byte offset on."""
    frame = _frame(state)
    if frame is None:
        return state.at
    path, text, base = frame
    start = line_index(text).character(base + after)
    span = _parenthesised(text, start, tuple(word.upper() for word in words))
    return state.at if span is None else line_index(text).location(path, *span)


def string_body(state: State, start: int) -> Location | None:
    """The inside of the string constant at a byte offset, whichever way it is quoted."""
    frame = _frame(state)
    if frame is None:
        return state.at
    path, text, base = frame
    first = line_index(text).character(base + start)
    token = _TOKEN.match(text, first)
    if token is None:
        return state.at
    if token["tag"] is not None:
        closing = text.find(token[0], token.end())
        return line_index(text).location(path, token.end(), closing if closing >= 0 else token.end())
    opening = token[0].find("'") + 1
    return line_index(text).location(path, first + opening, max(first + opening, token.end() - 1))


def _frame(state: State) -> tuple[str, str, int] | None:
    """Path, text and base of the running statement's file, unless node offsets do not count there."""
    if state.statement is None or state.origin is not None or state.dynamic:
        return None
    return state.statement.file.path, state.statement.file.text, state.statement.base


def _parenthesised(text: str, start: int, words: tuple[str, ...]) -> tuple[int, int] | None:
    depth, matched, opened, position = 0, 0, -1, start
    while (token := _TOKEN.search(text, position)) is not None:
        word, position = token[0], _end(text, token)
        if word.startswith(("--", "/*")):
            continue
        if word == "(":
            depth += 1
            if depth == 1 and matched == len(words):
                opened = position
        elif word == ")":
            depth -= 1
            if depth == 0 and opened >= 0:
                return _trimmed(text, opened, token.start())
        elif word == ";" and depth == 0:
            return None
        if depth == 0 and opened < 0:
            matched = matched + 1 if matched < len(words) and word.upper() == words[matched] else 0
            matched = matched or int(word.upper() == words[0])
    return None


def _end(text: str, token: re.Match[str]) -> int:
    if token["tag"] is not None:
        closing = text.find(token[0], token.end())
        return closing + len(token[0]) if closing >= 0 else len(text)
    if token[0] != "/*":
        return token.end()
    depth, position = 1, token.end()
    while depth and (mark := _COMMENT.search(text, position)) is not None:
        depth += 1 if mark[0] == "/*" else -1
        position = mark.end()
    return position if not depth else len(text)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    inside = text[start:end]
    left = len(inside) - len(inside.lstrip())
    return start + left, start + max(left, len(inside.rstrip()))
