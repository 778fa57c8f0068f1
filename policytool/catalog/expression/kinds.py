"""What types have to do with one another: which casts Postgres adds by itself when values of two of them meet."""

from __future__ import annotations

import functools
import re
from typing import Final

_MODIFIER: Final = re.compile(r"\([^()]*\)")
# Numeric types, each converted by itself to those after it.
TOWER: Final = {"smallint": 0, "integer": 1, "bigint": 2, "numeric": 3, "real": 4, "double precision": 5}
# The same for points in time.
TIMES: Final = {"date": 0, "timestamp without time zone": 1, "timestamp with time zone": 2}
_INTEGERS: Final = frozenset(("smallint", "integer", "bigint"))
_FLOATS: Final = frozenset(("real", "double precision"))
_TEXTS: Final = frozenset(("text", "character varying", "bpchar", "name"))
DATETIMES: Final = frozenset(
    ("date", "timestamp without time zone", "timestamp with time zone", "time without time zone", "time with time zone")
)


@functools.lru_cache(maxsize=4096)
def base(spelled: str) -> str:
    """A type without its length or precision; `character` and `bpchar` are one."""
    plain = _MODIFIER.sub("", spelled) if "(" in spelled else spelled
    if plain.startswith("interval"):
        return "interval[]" if plain.endswith("[]") else "interval"
    return {"character": "bpchar", "character[]": "bpchar[]"}.get(plain, plain)


def modified(spelled: str) -> bool:
    """Whether a type says a length or precision."""
    return "(" in spelled


@functools.lru_cache(maxsize=4096)
def is_text(spelled: str) -> bool:
    """Whether values of the type become text by themselves in a comparison."""
    plain = base(spelled)
    return plain in _TEXTS or plain.endswith("citext")


def is_text_array(spelled: str) -> bool:
    """Whether the type is an array of such."""
    return spelled.endswith("[]") and is_text(spelled[:-2])


def same(one: str, other: str) -> bool:
    """Whether two types differ in length or precision at most."""
    return one == other or base(one) == base(other)


def element(spelled: str | None) -> str | None:
    """The type of the elements of an array type."""
    return spelled[:-2] if spelled is not None and spelled.endswith("[]") else None


def array_of(spelled: str | None) -> str | None:
    """The array type of an element type; arrays of arrays are of the same type."""
    if spelled is None or spelled.endswith("[]"):
        return spelled
    return f"{base(spelled)}[]"


def implied(operator: str, left: str, right: str) -> tuple[str | None, str | None]:
    """The casts that an operator brings on two operands of numeric types."""
    if operator == "^":
        target = "numeric" if "numeric" in (left, right) and not {left, right} & _FLOATS else "double precision"
        return (None if left == target else target, None if right == target else target)
    if left == right or {left, right} <= _INTEGERS or {left, right} <= _FLOATS:
        return None, None
    target = "double precision" if left in _FLOATS or right in _FLOATS else "numeric"
    if left in _FLOATS or (left == target):
        return None, target
    if right in _FLOATS or (right == target):
        return target, None
    return target, target


def highest(types: list[str]) -> str:
    """The numeric type to which all of these go by themselves."""
    return max(types, key=TOWER.__getitem__)


def outcome(operator: str, left: str, right: str) -> str:
    """The type of an arithmetic expression over numeric types."""
    if operator == "^":
        return "numeric" if "numeric" in (left, right) and not {left, right} & _FLOATS else "double precision"
    if {left, right} & _FLOATS:
        return "real" if left == right == "real" else "double precision"
    return highest([left, right])
