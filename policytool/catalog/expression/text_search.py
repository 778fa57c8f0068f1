"""Constants of text search as Postgres shows them: the words of a tsvector in order, a tsquery with few parentheses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_QUOTED: Final = r"'((?:[^'\\]|''|\\.)*)'"
_WORD: Final = re.compile(
    rf"\s*(?:{_QUOTED}|((?:[^\s:'\\]|\\.)(?:[^\s:\\]|\\.)*))(?::([\d,a-dA-D*]+))?(?=\s|'|\Z)", re.S
)
_PLACE: Final = re.compile(r"(\d+)([a-dA-D*]?)\Z")
_LAST: Final = 16383
_TOKEN: Final = re.compile(
    rf"\s*(?:(?P<sign>[!&|()])|<(?P<far>-|\d+)>|(?:{_QUOTED}|((?:[^\s!&|():'\\]|\\.)(?:[^\s!&|():\\]|\\.)*))"
    r"(?::(?P<weights>[*a-dA-D]+))?)",
    re.S,
)
_PRIORITY: Final = {"|": 1, "&": 2, "<": 3, "!": 4}


def tsvector(text: str) -> str | None:
    """The words of a tsvector, each once and in the order of their bytes; None where it is not understood."""
    words: dict[str, dict[int, str]] = {}
    position = 0
    while position < len(text.rstrip()):
        found = _WORD.match(text, position)
        if found is None or not (word := _read(found[1], found[2])):
            return None
        places = _places(found[3])
        if places is None:
            return None
        known = words.setdefault(word, {})
        for place, weight in places:
            known[place] = min(known.get(place, "D"), weight)
        position = found.end()
    order = sorted(words, key=lambda word: word.encode())
    return " ".join(_written(word) + _shown(words[word]) for word in order)


def _read(quoted: str | None, plain: str | None) -> str:
    if quoted is not None:
        return re.sub(r"''|\\(.)", lambda found: found[1] or "'", quoted, flags=re.S)
    return re.sub(r"\\(.)", r"\1", plain or "", flags=re.S)


def _written(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _places(text: str | None) -> list[tuple[int, str]] | None:
    found = [_PLACE.match(part) for part in text.split(",")] if text else []
    if not all(place and int(place[1]) for place in found):
        return None
    weights = ((int(place[1]), place[2].upper().replace("*", "A") or "D") for place in found if place)
    return [(min(place, _LAST), weight) for place, weight in weights]


def _shown(places: dict[int, str]) -> str:
    each = (f"{place}{'' if weight == 'D' else weight}" for place, weight in sorted(places.items()))
    return f":{','.join(each)}" if places else ""


class _Bad(Exception):
    """It is no query, or none that this module knows."""


class _Query:
    """A query while it is read: NOT binds most, then what follows at a distance, then AND, then OR."""

    def __init__(self, text: str) -> None:
        self.tokens = [*_tokens(text)]
        self.position = 0

    def peek(self) -> str:
        return self.tokens[self.position][0] if self.position < len(self.tokens) else ""

    def take(self) -> tuple[str, str]:
        self.position += 1
        if self.position > len(self.tokens):
            raise _Bad
        return self.tokens[self.position - 1]

    def whole(self) -> str:
        shown, _ = self.binary(1)
        if self.peek():
            raise _Bad
        return shown

    def binary(self, least: int) -> tuple[str, int]:
        """The text, and how tightly its outermost operator binds; 5 for a word."""
        shown, own = self.unary()
        while self.peek() in ("|", "&", "<") and (priority := _PRIORITY[self.peek()]) >= least:
            sign = self.take()[1]
            right, far = self.binary(priority + 1)
            left = f"( {shown} )" if own < priority else shown
            nested = far < priority or (priority == far == _PRIORITY["<"])
            shown, own = f"{left} {sign} {f'( {right} )' if nested else right}", priority
        return shown, own

    def unary(self) -> tuple[str, int]:
        kind, shown = self.take()
        match kind:
            case "!":
                inner, own = self.unary()
                return f"!{f'( {inner} )' if own < _PRIORITY['!'] else inner}", _PRIORITY["!"]
            case "(":
                inside = self.binary(1)
                if self.take()[0] != ")":
                    raise _Bad
                return inside
            case "word":
                return shown, 5
        raise _Bad


def tsquery(text: str) -> str | None:
    """A tsquery with the parentheses that it needs; None where it is not understood."""
    try:
        return _Query(text).whole()
    except (_Bad, RecursionError):
        return None


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position, end = 0, len(text.rstrip())
    while position < end:
        found = _TOKEN.match(text, position)
        if found is None:
            raise _Bad
        position = found.end()
        if found["sign"]:
            yield found["sign"], found["sign"]
        elif found["far"]:
            yield "<", "<->" if found["far"] in ("-", "1") else f"<{int(found['far'])}>"
        else:
            word = _read(found[3], found[4])
            if not word:
                raise _Bad
            yield "word", _written(word) + _weights(found["weights"])


def _weights(text: str | None) -> str:
    given = (text or "").upper()
    shown = "".join(letter for letter in "*ABCD" if letter in given)
    return f":{shown}" if shown else ""
