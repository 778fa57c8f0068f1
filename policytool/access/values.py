"""Values as far as they are known, and SQL's three-valued logic on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from msgspec import Struct

from policytool.syntax.node import names


class Const(Struct, frozen=True):
    """A known value; None is NULL."""

    value: Any


class Opaque(Struct, frozen=True):
    """A value not known. Two of the same symbol are equal; `nullable` says whether it may be NULL.

    `never_true` is said of a condition that is false or NULL, one does not know which: no row passes it.
    """

    symbol: str | None = None
    nullable: bool = True
    never_true: bool = False


Value = Const | Opaque
TRUE, FALSE, NULL, ANY = Const(True), Const(False), Const(None), Opaque()
SOME = Opaque(nullable=False)  # not known, but never NULL
NEVER = Opaque(never_true=True)


class Unknown:
    """The type of UNKNOWN, which is neither true nor false nor NULL."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()
Truth = bool | None | Unknown

_TEXTS = frozenset({"text", "varchar", "name"})
_NUMBERS = frozenset({"int2", "int4", "int8", "numeric", "float4", "float8"})
# Types whose text is not the value: two spellings of one date are equal.
_SPELLED = frozenset(
    {"bpchar", "citext", "date", "time", "timetz", "timestamp", "timestamptz", "interval", "json", "jsonb", "inet",
     "cidr",
     "bytea", "bit", "varbit", "money", "oid", "regclass", "regrole", "point", "tsvector", "tsquery", "xml"}
)  # fmt: skip
_WORDS = dict.fromkeys(("t", "true", "on", "yes", "1"), True) | dict.fromkeys(("f", "false", "off", "no", "0"), False)


def possible(value: Value) -> bool:
    """Whether a condition may be true."""
    return not value.never_true if isinstance(value, Opaque) else value.value is not None and value.value is not False


def combine(args: Iterable[Value], *, conjunction: bool) -> Value:
    """AND or OR after Kleene."""
    neutral, absorbing = (TRUE, FALSE) if conjunction else (FALSE, TRUE)
    rest = [a for a in args if a != neutral]
    if absorbing in rest:
        return absorbing
    if not rest:
        return neutral
    if all(a == NULL for a in rest):
        return NULL
    # One condition that cannot be true is enough in AND; in OR none may be able to be.
    quantifier = any if conjunction else all
    return Opaque(nullable=any(may_be_null(a) for a in rest), never_true=quantifier(not possible(a) for a in rest))


def negate(value: Value) -> Value:
    """NOT. What is false or NULL turns true or NULL: nothing is known of it."""
    if isinstance(value, Const):
        return Const(not value.value) if isinstance(value.value, bool) else value
    return Opaque(nullable=value.nullable)


def join(values: list[Value]) -> Value:
    """One of several values, not known which."""
    if all(v == values[0] for v in values):
        return values[0]
    return Opaque(nullable=any(map(may_be_null, values)), never_true=not any(map(possible, values)))


def may_be_null(value: Value) -> bool:
    """Whether the value is or may be NULL."""
    return value.nullable if isinstance(value, Opaque) else value.value is None


def compare(op: str, left: Value, right: Value) -> Value:
    """A comparison of two values; NULL with anything is NULL."""
    if NULL in (left, right):
        return NULL
    op = "<>" if op == "!=" else op
    if isinstance(left, Const) and isinstance(right, Const):
        return _constants(op, left.value, right.value)
    nullable = may_be_null(left) or may_be_null(right)
    if left == right and isinstance(left, Opaque) and left.symbol is not None and not nullable:
        return {"=": TRUE, "<=": TRUE, ">=": TRUE, "<>": FALSE, "<": FALSE, ">": FALSE}.get(op, SOME)
    return Opaque(nullable=nullable)


def distinct(left: Value, right: Value) -> Value:
    """IS DISTINCT FROM, which is never NULL."""
    if left == right == NULL:
        return FALSE
    if isinstance(left, Const) and isinstance(right, Const):
        return TRUE if NULL in (left, right) else compare("<>", left, right)
    if left == right and isinstance(left, Opaque) and left.symbol is not None:
        return FALSE
    for one, other in ((left, right), (right, left)):
        if one == NULL and not may_be_null(other):
            return TRUE
    return SOME


def cast(value: Value, type_name: Mapping[str, Any]) -> Value:
    """A value as another type. What a cast may change is no longer the same value."""
    target = (names(type_name.get("names")) or ("",))[-1]
    plain = not type_name.get("typmods") and not type_name.get("arrayBounds")
    if value == NULL:
        return NULL
    if isinstance(value, Opaque):
        if plain and (target in _TEXTS or target in ("uuid", "bool")):
            return value
        return Opaque(symbol=f"{value.symbol}::{target}" if value.symbol and plain else None, nullable=value.nullable)
    return _cast_constant(value.value, target) if plain else SOME


def _cast_constant(value: Any, target: str) -> Value:
    if isinstance(value, str):
        return _read(value, target)
    if isinstance(value, bool):
        return Const(str(value).lower()) if target in _TEXTS else Const(value) if target == "bool" else SOME
    if isinstance(value, int) and target in _TEXTS:
        return Const(str(value))
    return Const(value) if target in _NUMBERS and isinstance(value, int) else SOME


def _read(text: str, target: str) -> Value:
    """What a literal of a type means; where it is none, Postgres would not have taken it."""
    if target == "bool":
        return Const(_WORDS[text.strip().lower()]) if text.strip().lower() in _WORDS else SOME
    try:
        if target in ("int2", "int4", "int8"):
            return Const(int(text))
        if target == "uuid":
            return Const(str(UUID(text)))
    except ValueError:
        return SOME
    if target in _SPELLED or target in _NUMBERS:
        return Opaque(symbol=f"{target} {text}", nullable=False)
    return Const(text)


def number(text: str) -> Value:
    """A numeric literal that is no integer."""
    try:
        return Const(Decimal(text))
    except InvalidOperation:
        return SOME


def _constants(op: str, left: Any, right: Any) -> Value:
    """Two known values; nothing is claimed of values of different types, nor of the order of texts."""
    numbers = all(isinstance(v, int | Decimal) and not isinstance(v, bool) for v in (left, right))
    if not numbers and type(left) is not type(right):
        return SOME
    if op in ("=", "<>"):
        return Const((left == right) == (op == "="))
    if not numbers:
        return SOME
    found = {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}.get(op)
    return SOME if found is None else Const(found)
