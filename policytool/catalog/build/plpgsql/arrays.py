"""Built-in functions on arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from policytool.catalog.build.plpgsql import text
from policytool.catalog.build.plpgsql.compare import equal
from policytool.catalog.build.plpgsql.strings import plain
from policytool.catalog.build.plpgsql.values import NotKnown, Untyped, Value


def array(value: Value) -> tuple[Value, ...]:
    """An array; a constant is read as one."""
    if isinstance(value, Untyped):
        return tuple(text.array_in(value))
    if isinstance(value, tuple):
        return value
    raise NotKnown("something that is no array is taken for one")


def _typed(value: Value) -> Value:
    return str(value) if isinstance(value, Untyped) else value


def _length(value: Value, dimension: Value = 1) -> Value:
    if value is None:
        return None
    found = array(value)
    if dimension != 1 or any(isinstance(v, tuple) for v in found):
        raise NotKnown("an array of several dimensions")
    return len(found) or None


def _cardinality(value: Value) -> Value:
    return None if value is None else len(array(value))


def _append(value: Value, element: Value) -> Value:
    return (*(array(value) if value is not None else ()), _typed(element))


def _prepend(element: Value, value: Value) -> Value:
    return (_typed(element), *(array(value) if value is not None else ()))


def _cat(left: Value, right: Value) -> Value:
    if left is None or right is None:
        return right if left is None else left
    return array(left) + array(right)


def _same(left: Value, right: Value) -> bool:
    return left is right if left is None or right is None else equal(left, right)


def _remove(value: Value, element: Value) -> Value:
    return None if value is None else tuple(v for v in array(value) if not _same(v, element))


def _replaced(value: Value, old: Value, new: Value) -> Value:
    return None if value is None else tuple(_typed(new) if _same(v, old) else v for v in array(value))


def _position(value: Value, element: Value) -> Value:
    if value is None:
        return None
    return next((n for n, v in enumerate(array(value), start=1) if _same(v, element)), None)


def _to_string(value: Value, separator: Value, null: Value = None) -> Value:
    if value is None or separator is None:
        return None
    parts = [null if v is None else text.output(v) for v in array(value)]
    return plain(separator).join(plain(p) for p in parts if p is not None)


def _from_string(value: Value, separator: Value, null: Value = None) -> Value:
    if value is None:
        return None
    source = plain(value)
    if separator is None:
        return tuple(source)
    parts = source.split(plain(separator)) if plain(separator) else [source]
    return tuple(None if p == null else p for p in parts) if source else ()


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "array_length": _length,
    "array_upper": _length,
    "cardinality": _cardinality,
    "array_append": _append,
    "array_prepend": _prepend,
    "array_cat": _cat,
    "array_remove": _remove,
    "array_replace": _replaced,
    "array_position": _position,
    "array_to_string": _to_string,
    "string_to_array": _from_string,
}
