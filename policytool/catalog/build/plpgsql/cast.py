"""Casts between the types that migrations compute with."""

from __future__ import annotations

import json
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from policytool.catalog.build.plpgsql import objects
from policytool.catalog.build.plpgsql.compare import boolean, number
from policytool.catalog.build.plpgsql.text import array_in, text_of
from policytool.catalog.build.plpgsql.values import (
    Between,
    Json,
    NotKnown,
    Opaque,
    Record,
    Some,
    Spelled,
    Untyped,
    Value,
)
from policytool.catalog.build.state import Refused, State

_TEXT: Final = frozenset(("text", "varchar", "bpchar", "character varying", "character", "citext", "cstring"))
_INTEGERS: Final = {"int2": 15, "smallint": 15, "int4": 31, "integer": 31, "int": 31, "int8": 63, "bigint": 63}
_NUMBERS: Final = frozenset(("numeric", "decimal", "float4", "float8", "real", "double precision"))
_UUID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\Z")


def cast(state: State, value: Value, kind: str) -> Value:
    """The value as one of the type of this name: internal or SQL spelling, `_text` or `text[]` for arrays."""
    if value is None:
        return None
    if kind.endswith("[]") or (kind.startswith("_") and kind[1:2].isalpha()):
        return _array(state, value, kind[:-2] if kind.endswith("[]") else kind[1:])
    kind, _, modifier = kind.removeprefix("pg_catalog.").strip('"').partition("(")
    if kind in _TEXT:
        return _text(value, modifier.rstrip(")"))
    if kind in ("name", "sql_identifier"):
        text = _text(value, "")
        return text if isinstance(text, Some) else _cut(text)
    if kind in _INTEGERS:
        return _integer(value, _INTEGERS[kind])
    if kind in _NUMBERS:
        return _decimal(value, kind)
    return _other(state, value, kind)


def _other(state: State, value: Value, kind: str) -> Value:
    match kind:
        case "bool" | "boolean":
            return _boolean(value)
        case "char":
            return _text(value, "1")
        case "oid" | "regclass" | "regnamespace" | "regrole" | "regtype" | "regproc" | "regprocedure":
            return objects.registered(state, value, kind)
        case "json" | "jsonb":
            return value if isinstance(value, Json) else _json(_text(value, ""))
        case "uuid":
            text = _text(value, "").lower()
            if not _UUID.match(text):
                raise NotKnown("a uuid that is written in an unusual way")
            return text
        case "record" | "anyelement":
            return value
    if isinstance(value, str) and objects.is_enum(state, kind):
        return str(value)
    if isinstance(value, Record):
        return value
    raise NotKnown(f"a value of type {kind}")


def _text(value: Value, length: str) -> Any:
    if isinstance(value, Spelled | Opaque | Some):
        return value
    text = str(text_of(value))
    return text[: int(length)] if length.isdigit() else text


def _cut(text: str) -> str:
    if len(text.encode()) < 64:
        return text if not isinstance(text, Untyped) else str(text)
    return text.encode()[:63].decode(errors="ignore")


def _integer(value: Value, bits: int) -> int | Between:
    match value:
        case Between():
            return value
        case bool():
            result = int(value)
        case int():
            result = value
        case Decimal():
            result = int(value.to_integral_value(ROUND_HALF_UP))
        case Spelled() | Opaque():
            raise NotKnown("a text that differs from server to server is read as a number")
        case str() if re.fullmatch(r"\s*[+-]?\d+\s*", value):
            result = int(value)
        case str():
            raise Refused("22P02", f'invalid input syntax for type integer: "{value}"')
        case _:
            raise NotKnown("a value that is no number is cast to integer")
    if not -(1 << bits) <= result < 1 << bits:
        raise Refused("22003", "integer out of range")
    return result


def _decimal(value: Value, kind: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str) or isinstance(value, Spelled | Opaque):
        raise NotKnown(f"a value that is cast to {kind}")
    return Decimal(number(value) if isinstance(value, str) else value)


def _boolean(value: Value) -> bool:
    match value:
        case bool():
            return value
        case int():
            return value != 0
        case Spelled() | Opaque():
            pass
        case str():
            return boolean(value)
    raise NotKnown("a value that is cast to boolean")


def _array(state: State, value: Value, element: str) -> tuple[Value, ...]:
    if isinstance(value, str) and not isinstance(value, Spelled | Opaque):
        value = array_in(value)
    if not isinstance(value, tuple):
        raise NotKnown("a value that is cast to an array")
    return tuple(cast(state, v, element) if not isinstance(v, tuple) else _array(state, v, element) for v in value)


def _json(text: str) -> Json:
    try:
        return Json(json.loads(text))
    except ValueError:
        raise Refused("22P02", "invalid input syntax for type json") from None
