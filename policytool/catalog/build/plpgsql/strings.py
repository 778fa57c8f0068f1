"""Built-in functions on text and numbers."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from policytool.catalog.build.plpgsql import text
from policytool.catalog.build.plpgsql.compare import posix
from policytool.catalog.build.plpgsql.values import Json, NotKnown, Opaque, Some, Spelled, Untyped, Value
from policytool.catalog.build.state import Refused

_BACKREFERENCE: Final = re.compile(r"\\([0-9&\\])")


def plain(value: Value) -> str:
    """A text that is the same on every server."""
    if isinstance(value, Spelled | Opaque | Some):
        raise NotKnown("a text that Postgres may spell otherwise is taken apart")
    return str(value) if isinstance(value, str) else str(text.text_of(value))


def _strict(function: Callable[..., Value]) -> Callable[..., Value]:
    """NULL where any argument is NULL."""

    @functools.wraps(function)
    def call(*arguments: Value) -> Value:
        return None if None in arguments else function(*arguments)

    return call


def _whole(value: Value) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise NotKnown("a number that is no integer")
    return int(value)


def _concat(*arguments: Value) -> str:
    return "".join(text.output(a) for a in arguments if a is not None)


def _concat_ws(separator: Value, *arguments: Value) -> Value:
    if separator is None:
        return None
    return plain(separator).join(text.output(a) for a in arguments if a is not None)


def _format(pattern: Value, *arguments: Value) -> Value:
    return None if pattern is None else text.formatted(pattern, arguments)


def _replace(source: Value, old: Value, new: Value) -> str:
    result = text.text_of(source).replace(plain(old), text.text_of(new)) if plain(old) else text.text_of(source)
    return Spelled(result) if isinstance(source, Spelled) else str(result) if not _unsure(source) else Opaque(result)


def _unsure(value: Value) -> bool:
    return isinstance(value, Opaque)


def _lower(value: Value) -> str:
    return Spelled(value.lower()) if isinstance(value, Spelled) else plain(value).lower()


def _substring(source: Value, start: Value, length: Value = "") -> Value:
    if isinstance(start, str):
        found = posix(start, False).search(plain(source))
        return None if found is None else found[1] if found.re.groups else found[0]
    first = _whole(start) - 1
    end = len(plain(source)) if length == "" else first + _whole(length)
    return plain(source)[max(first, 0) : max(end, 0)]


def _left(source: Value, count: Value) -> str:
    return plain(source)[: _whole(count)]


def _right(source: Value, count: Value) -> str:
    size = _whole(count)
    return plain(source)[-size:] if size > 0 else plain(source)[-size:] if size < 0 else ""


def _position(source: Value, wanted: Value) -> int:
    return plain(source).find(plain(wanted)) + 1


def _split_part(source: Value, separator: Value, number: Value) -> str:
    parts, position = plain(source).split(plain(separator)), _whole(number)
    if position < 0:
        position += len(parts) + 1
    return parts[position - 1] if 0 < position <= len(parts) else ""


def _trimmed(how: str) -> Callable[..., str]:
    def trim(source: Value, characters: Value = " ") -> str:
        value, given = plain(source), plain(characters)
        value = value.lstrip(given) if how in "lb" else value
        return value.rstrip(given) if how in "rb" else value

    return trim


def _regexp_replace(source: Value, pattern: Value, new: Value, flags: Value = "") -> str:
    given = plain(flags)
    if set(given) - set("gi"):
        raise NotKnown("regexp_replace() with these flags")
    expression = posix(plain(pattern), "i" in given)
    replacement = _BACKREFERENCE.sub(lambda m: r"\g<0>" if m[1] == "&" else rf"\g<{m[1]}>", plain(new))
    return expression.sub(replacement, plain(source), count=0 if "g" in given else 1)


def _padded(left: bool) -> Callable[..., str]:
    def pad(source: Value, length: Value, fill: Value = " ") -> str:
        value, size, filler = plain(source), _whole(length), plain(fill)
        missing = size - len(value)
        if missing <= 0 or not filler:
            return value[: max(size, 0)]
        padding = (filler * missing)[:missing]
        return padding + value if left else value + padding

    return pad


def _translate(source: Value, old: Value, new: Value) -> str:
    table: dict[int, str | None] = {}
    for position, char in enumerate(plain(old)):
        table.setdefault(ord(char), plain(new)[position] if position < len(plain(new)) else None)
    return plain(source).translate(table)


def _rounded(value: Value, digits: Value = 0) -> Value:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, Decimal):
        raise NotKnown("round() of something that is no number")
    return value.quantize(Decimal(1).scaleb(-_whole(digits)), rounding="ROUND_HALF_UP")


def _absolute(value: Value) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise NotKnown("abs() of something that is no number")
    return abs(value)


def read_json(value: Value) -> Value:
    """A constant that is taken for json."""
    if isinstance(value, Untyped):
        try:
            return Json(json.loads(value))
        except ValueError:
            raise Refused("22P02", "invalid input syntax for type json") from None
    return value


def _json_type(value: Value) -> str:
    value = read_json(value)
    if not isinstance(value, Json):
        raise NotKnown("jsonb_typeof() of something that is no json")
    kinds = {bool: "boolean", str: "string", dict: "object", list: "array", type(None): "null"}
    return kinds.get(type(value.data), "number")


def _json_length(value: Value) -> int:
    value = read_json(value)
    if not isinstance(value, Json) or not isinstance(value.data, list):
        raise NotKnown("jsonb_array_length() of something that is no array")
    return len(value.data)


def _nullable(value: Value) -> Value:
    return "NULL" if value is None else text.quote_literal(value)


_STRICT: Final[dict[str, Callable[..., Any]]] = {
    "quote_ident": text.quote_ident,
    "quote_literal": text.quote_literal,
    "replace": _replace,
    "lower": _lower,
    "upper": lambda value: plain(value).upper(),
    "initcap": lambda value: re.sub(r"[^\W_]+", lambda m: m[0].capitalize(), plain(value)),
    **dict.fromkeys(("length", "char_length", "character_length"), lambda value: len(plain(value))),
    "octet_length": lambda value: len(plain(value).encode()),
    **dict.fromkeys(("substring", "substr"), _substring),
    "left": _left,
    "right": _right,
    **dict.fromkeys(("position", "strpos"), _position),
    "split_part": _split_part,
    "btrim": _trimmed("b"),
    "ltrim": _trimmed("l"),
    "rtrim": _trimmed("r"),
    "regexp_replace": _regexp_replace,
    "lpad": _padded(True),
    "rpad": _padded(False),
    "repeat": lambda value, count: plain(value) * max(0, min(_whole(count), 10_000)),
    "reverse": lambda value: plain(value)[::-1],
    "translate": _translate,
    "starts_with": lambda value, prefix: plain(value).startswith(plain(prefix)),
    "md5": lambda value: hashlib.md5(plain(value).encode(), usedforsecurity=False).hexdigest(),
    "chr": lambda value: chr(_whole(value)),
    "ascii": lambda value: ord(plain(value)[0]) if plain(value) else 0,
    "round": _rounded,
    "abs": _absolute,
    "jsonb_typeof": _json_type,
    "json_typeof": _json_type,
    "jsonb_array_length": _json_length,
    "json_array_length": _json_length,
    "text": plain,
    "name": plain,
}
FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    **{name: _strict(function) for name, function in _STRICT.items()},
    "concat": _concat,
    "concat_ws": _concat_ws,
    "format": _format,
    "quote_nullable": _nullable,
}
