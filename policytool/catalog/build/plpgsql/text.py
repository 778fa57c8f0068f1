"""Values as text and back: output functions, array literals, quoting, format()."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from policytool.catalog.build.plpgsql.values import Json, NotKnown, Oid, Opaque, Record, Some, Spelled, Value, known
from policytool.catalog.build.state import Refused
from policytool.catalog.spelling import identifier, literal

_PLAIN: Final = re.compile(r"[^\s{}\",\\]+\Z")
_SPECIFIER: Final = re.compile(r"%(?:(\d+)\$)?(-?)(\*(?:\d+\$)?|\d+)?([%sIL])|%")


def output(value: Value) -> str:
    """What the output function of the type gives: booleans as t and f."""
    if isinstance(value, bool):
        return "t" if value else "f"
    return text_of(value)


def text_of(value: Value) -> str:
    """A value that is not null, cast to text."""
    if isinstance(value, str):
        return value
    return _written(known(value))


def _written(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return format(value, "f")
        case tuple():
            return array_out(value)
        case Record():
            return f"({','.join(_field(v) for v in value.values)})"
        case Oid(reg=str(name)) if name:
            return name
        case Oid():
            raise NotKnown("the number of an object differs from server to server")
        case Some():
            raise NotKnown("the names of Postgres's own objects are not in the catalog")
        case Json(data=str() as text):
            raise NotKnown(f"json is written as text: {text[:40]}")
    raise NotKnown("a value is written as text that policytool does not know how to write")


def _field(value: Value) -> str:
    if value is None:
        return ""
    text = output(value)
    quoted = '"' + text.replace("\\", "\\\\").replace('"', '""') + '"'
    return text if text and not re.search(r'[\s(),"\\]', text) else quoted


def array_out(elements: Sequence[Value]) -> str:
    """An array as text: {a,"b c",NULL}."""
    return "{" + ",".join(map(_element, elements)) + "}"


def _element(value: Value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, tuple):
        return array_out(value)
    text = output(value)
    if _PLAIN.match(text) and text.upper() != "NULL":
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def array_in(text: str) -> tuple[str | None, ...]:
    """The elements of an array literal of one dimension."""
    body = text.strip()
    if not (body.startswith("{") and body.endswith("}")):
        raise Refused("22P02", f'malformed array literal: "{text}"')
    if "{" in body[1:] and '"' not in body:
        raise NotKnown("an array of several dimensions")
    return tuple(_elements_in(body[1:-1])) if body[1:-1].strip() else ()


def _elements_in(body: str) -> Iterator[str | None]:
    position = 0
    while True:
        match = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^,"]*?))\s*(,|\Z)', re.DOTALL).match(body, position)
        if match is None:
            raise Refused("22P02", f'malformed array literal: "{{{body}}}"')
        quoted, plain = match[1], match[2]
        if quoted is not None:
            yield re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)
        else:
            yield None if plain.upper() == "NULL" else plain.replace("\\", "")
        position = match.end()
        if not match[3]:
            return


def quote_ident(value: Value) -> Value:
    """quote_ident()."""
    text = text_of(value)
    return _like_its_source(value, identifier(text))


def quote_literal(value: Value) -> Value:
    """quote_literal()."""
    return _like_its_source(value, literal(output(value)))


def _like_its_source(source: Value, text: str) -> str:
    return Opaque(text) if isinstance(source, Opaque) else text


def formatted(pattern: str, arguments: Sequence[Value]) -> str:
    """format() with %s, %I, %L, positions and widths."""
    parts, position, last = [], 0, -1
    kind = next((k for k in (Opaque, Spelled) if isinstance(pattern, k)), str)
    for match in _SPECIFIER.finditer(pattern):
        parts.append(pattern[position : match.start()])
        position = match.end()
        if match[4] is None:
            raise Refused("22023", "unterminated format() type specifier")
        if match[4] == "%":
            parts.append("%")
            continue
        last = int(match[1]) - 1 if match[1] else last + 1
        if not 0 <= last < len(arguments):
            raise Refused("22023", "too few arguments for format()")
        kind = next((k for k in (Opaque, Spelled) if isinstance(arguments[last], k)), kind)
        parts.append(_padded(_converted(match[4], arguments[last]), match[3], left=bool(match[2])))
    return kind("".join((*parts, pattern[position:])))


def _padded(text: str, width: str | None, *, left: bool) -> str:
    if width is None:
        return text
    if width.startswith("*"):
        raise NotKnown("format() with a width taken from an argument")
    return text.ljust(int(width)) if left else text.rjust(int(width))


def _converted(kind: str, value: Value) -> str:
    if kind == "s":
        return "" if value is None else output(value)
    if kind == "L":
        return "NULL" if value is None else literal(output(value))
    if value is None:
        raise Refused("22004", "null values cannot be formatted as an SQL identifier")
    return identifier(output(value))
