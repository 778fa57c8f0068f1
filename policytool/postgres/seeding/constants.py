"""What a check compares with: the constants in it, by what they are for."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal

from msgspec import Struct

from policytool.syntax.fragments import parse_expression
from policytool.syntax.node import Node, names, walk

Purpose = Literal["regexes", "likes"]

_PATTERNS: Final[dict[str, Purpose]] = {"~": "regexes", "~*": "regexes", "~~": "likes", "~~*": "likes"}
_LENGTHS: Final = frozenset(
    ("length", "char_length", "character_length", "octet_length", "array_length", "cardinality")
)


class Constants(Struct, frozen=True, kw_only=True):
    """The constants of an expression; `measured` says that it asks for a length."""

    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    regexes: tuple[str, ...] = ()
    likes: tuple[str, ...] = ()
    measured: bool = False

    @property
    def choices(self) -> tuple[str, ...]:
        """The texts, where the expression does nothing but name them."""
        return () if self.measured or self.regexes or self.likes else self.texts


@lru_cache(maxsize=4096)
def constants(expression: str) -> Constants:
    """The constants of a canonical expression, in their order; none where it cannot be read."""
    purposes: dict[int, Purpose] = {}
    found: dict[str, dict[str, None]] = {"texts": {}, "numbers": {}, "regexes": {}, "likes": {}}
    measured = False
    for kind, body in walk(parse_expression(expression)):
        match kind:
            case "A_Expr":
                _note_patterns(body, purposes)
            case "FuncCall":
                measured = measured or names(body.get("funcname"))[-1] in _LENGTHS
            case "A_Const" if "sval" in body:
                found[purposes.get(id(body), "texts")][str(body["sval"].get("sval", ""))] = None
            case "A_Const" if "ival" in body:
                found["numbers"][str(body["ival"].get("ival", 0))] = None
            case "A_Const" if "fval" in body:
                found["numbers"][str(body["fval"].get("fval", "0"))] = None
    lists = {name: tuple(each) for name, each in found.items()}
    return Constants(
        texts=lists["texts"],
        numbers=lists["numbers"],
        regexes=lists["regexes"],
        likes=lists["likes"],
        measured=measured,
    )


def joined(several: tuple[Constants, ...]) -> Constants:
    """The constants of several expressions."""

    def every(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(text for one in several for text in getattr(one, name)))

    return Constants(
        texts=every("texts"),
        numbers=every("numbers"),
        regexes=every("regexes"),
        likes=every("likes"),
        measured=any(one.measured for one in several),
    )


def _note_patterns(expression: Node, purposes: dict[int, Purpose]) -> None:
    """What is on the right of an operator that matches is a pattern."""
    purpose = _PATTERNS.get(names(expression.get("name"))[-1])
    if purpose is not None:
        purposes.update((id(body), purpose) for kind, body in walk(expression.get("rexpr")) if kind == "A_Const")
