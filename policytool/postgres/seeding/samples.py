"""Texts that a regular expression of Postgres, or a LIKE pattern, matches: the shortest, made different by a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_WORD: Final = "abcdefghijklmnopqrstuvwxyz0123456789"
_CLASSES: Final = {
    "alpha": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "digit": "0123456789", "lower": _WORD[:26],
    "alnum": _WORD + "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "upper": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "space": " \t",
    "xdigit": "0123456789abcdefABCDEF", "punct": "-_.,:;!?", "word": _WORD + "_",
}  # fmt: skip
_ESCAPES: Final = {"d": "0123456789", "w": _WORD + "_", "s": " ", "D": _WORD[:26], "S": _WORD, "W": "-"}
_EMPTY: Final = frozenset("AZbBmMyY<>")  # escapes and anchors that match no character
_MOST: Final = 300

Maker = Callable[["_Digits"], str]


class _Digits:
    """A number, given away digit by digit in whatever base is asked for."""

    def __init__(self, number: int) -> None:
        self._left = number

    def below(self, base: int) -> int:
        """The next digit; 0 once there is none."""
        self._left, digit = divmod(self._left, base)
        return digit


class _Unknown(Exception):
    """A construct that is not read."""


def sample(pattern: str, number: int, *, longer: int = 0) -> str | None:
    """A text that the pattern matches, another for each number; None where the pattern is not understood.

    `longer` is how often more than need be something is repeated.
    """
    try:
        reader = _Reader(pattern, longer)
        make = reader.alternatives()
        if reader.at < len(pattern):
            return None
        return make(_Digits(number))[:_MOST]
    except (_Unknown, LookupError, ValueError):
        return None


def like(pattern: str, number: int) -> str:
    """A text that a LIKE pattern matches."""
    digits = str(number)
    return pattern.replace("%", digits, 1).replace("%", "").replace("_", "a").replace("\\", "")


class _Reader:
    def __init__(self, pattern: str, longer: int) -> None:
        self._text, self.at, self._longer = pattern, 0, longer
        for prefix in ("***:", "(?i)", "(?s)"):
            if pattern.startswith(prefix):
                self.at = len(prefix)

    def alternatives(self) -> Maker:
        options = [self._sequence()]
        while self._next() == "|":
            self.at += 1
            options.append(self._sequence())
        return lambda digits: options[digits.below(len(options)) if len(options) > 1 else 0](digits)

    def _next(self) -> str:
        return self._text[self.at : self.at + 1]

    def _sequence(self) -> Maker:
        parts: list[Maker] = []
        while self._next() not in ("", "|", ")"):
            parts.append(self._repeated(self._atom()))
        return lambda digits: "".join(part(digits) for part in parts)

    def _atom(self) -> Maker:
        char = self._text[self.at]
        self.at += 1
        match char:
            case "(":
                return self._group()
            case "[":
                return _one_of(self._bracket())
            case "\\":
                return self._escape()
            case ".":
                return _one_of(_WORD)
            case "^" | "$":
                return _constant("")
        return _constant(char)

    def _group(self) -> Maker:
        if self._text.startswith("?", self.at):
            kind = self._text[self.at : self.at + 2]
            if kind not in ("?:", "?=", "?!"):
                raise _Unknown
            self.at += 2
            inner = self._closed()
            # What must follow is made twice, what must not follow is hoped not to.
            return inner if kind == "?:" else _constant("")
        return self._closed()

    def _closed(self) -> Maker:
        inner = self.alternatives()
        if self._text[self.at] != ")":
            raise _Unknown
        self.at += 1
        return inner

    def _escape(self) -> Maker:
        char = self._text[self.at]
        self.at += 1
        if char in _ESCAPES:
            return _one_of(_ESCAPES[char])
        if char in _EMPTY:
            return _constant("")
        if char.isalnum():
            raise _Unknown
        return _constant(char)

    def _bracket(self) -> str:
        inverted = self._next() == "^"
        self.at += inverted
        chars, first = "", True
        while first or self._next() != "]":
            chars += self._range()
            first = False
        self.at += 1
        return "".join(c for c in _WORD + "-_ A" if c not in chars) if inverted else chars

    def _range(self) -> str:
        text, start = self._text, self.at
        if text.startswith("[:", start):
            end = text.index(":]", start)
            self.at = end + 2
            return _CLASSES[text[start + 2 : end]]
        char = text[start]
        self.at += 1
        if char == "\\":
            char = text[self.at]
            self.at += 1
            if char in _ESCAPES:
                return _ESCAPES[char]
        if self._next() == "-" and text[self.at + 1] != "]":
            last = text[self.at + 1]
            self.at += 2
            return "".join(map(chr, range(ord(char), ord(last) + 1)))
        return char

    def _repeated(self, atom: Maker) -> Maker:
        least, most = 1, 1
        match self._next():
            case "*":
                least, most = 0, _MOST
            case "+":
                least, most = 1, _MOST
            case "?":
                least, most = 0, 1
            case "{":
                end = self._text.index("}", self.at)
                low, comma, high = self._text[self.at + 1 : end].partition(",")
                least, most = int(low), int(high or _MOST) if comma else int(low)
                self.at = end
            case _:
                return atom
        self.at += 1
        if self._next() == "?":
            self.at += 1
        times = min(least + self._longer, most)
        return lambda digits: "".join(atom(digits) for _ in range(times))


def _one_of(chars: str) -> Maker:
    if not chars:
        raise _Unknown
    ordered = sorted(chars, key=lambda char: (not char.isalnum(), char.isdigit(), not char.islower(), char))
    return lambda digits: ordered[digits.below(len(ordered))]


def _constant(text: str) -> Maker:
    return lambda _: text
