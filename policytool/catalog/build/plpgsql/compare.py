"""Comparison and pattern matching, decided only where the values decide it."""

from __future__ import annotations

import functools
import re
from decimal import Decimal, InvalidOperation
from typing import Final

from policytool.catalog.build.plpgsql.values import (
    Between,
    Json,
    NotKnown,
    Oid,
    Opaque,
    Record,
    Some,
    Spelled,
    Untyped,
    Value,
)
from policytool.catalog.build.state import Refused

_TRUE: Final = frozenset(("t", "tr", "tru", "true", "y", "ye", "yes", "on", "1"))
_FALSE: Final = frozenset(("f", "fa", "fal", "fals", "false", "n", "no", "of", "off", "0"))
_PLAIN_TEXT: Final = frozenset((str, Untyped))
_BOUNDS: Final = "a number is compared of which only the bounds are known"
_ALIKE: Final = re.compile(r"(?:[\w.]+(?:\(\))?|'\w*')?")
_OPERATION: Final = re.compile(r"[\w\s.=<>+*/-]+")
_NOISE: Final = re.compile(r"[\s()]+")
_WORD: Final = re.compile(r"\w+")
# What Postgres adds when it shows an expression: casts to these types, keywords of array comparisons.
_ADDED: Final = frozenset(
    """text character varying integer bigint smallint numeric boolean double precision timestamp with without time zone
    date interval uuid json jsonb regclass name array any all and or not is null true false check foreign primary key
    unique references on delete update cascade set default select from where as distinct""".split()  # noqa: SIM905
)


def equal(left: Value, right: Value) -> bool:
    """Whether two values that are not null are equal."""
    if type(left) in _PLAIN_TEXT and type(right) in _PLAIN_TEXT:  # most comparisons by far
        return bool(left == right)
    left, right = _settled(left, right), _settled(right, left)
    match left, right:
        case (str(), str()):
            return _same_text(left, right)
        case (bool(), bool()):
            return left is right
        case (bool(), _) | (_, bool()):
            pass
        case (int() | Decimal(), int() | Decimal()):
            return bool(left == right)
        case (Oid(), Oid()):
            return _same_object(left, right)
        case (tuple(), tuple()):
            return len(left) == len(right) and all(map(_same_element, left, right))
    return _equal_otherwise(left, right)


def _equal_otherwise(left: Value, right: Value) -> bool:
    match left, right:
        case (Between(), _) | (_, Between()):
            if less(left, right) or less(right, left):
                return False
            raise NotKnown(_BOUNDS)
        case (Some(), str()):
            return _may_be(left, right)
        case (str(), Some()):
            return _may_be(right, left)
        case (Oid(), int()) | (int(), Oid()) if 0 in (left, right):
            return False
        case (Record(), Record()):
            return len(left.values) == len(right.values) and all(map(_same_element, left.values, right.values))
        case (Json(), Json()):
            return bool(left.data == right.data)
    raise NotKnown("values of different types are compared")


def _same_text(left: str, right: str) -> bool:
    if isinstance(left, Opaque) or isinstance(right, Opaque):
        raise NotKnown("a name that differs from server to server is compared")
    if isinstance(left, Spelled) or isinstance(right, Spelled):
        return _same_spelling(str(left), str(right))
    return left == right


def less(left: Value, right: Value) -> bool:
    """Whether the first of two values that are not null sorts before the second."""
    left, right = _settled(left, right), _settled(right, left)
    match left, right:
        case (Between(), _) | (_, Between()):
            return _bounds_decide(left, right)
        case (bool(), bool()):
            return bool(left < right)
        case (bool(), _) | (_, bool()):
            pass
        case (int() | Decimal(), int() | Decimal()):
            return bool(left < right)
        case (str(), str()):
            return _text_before(left, right)
        case (tuple(), tuple()):
            return _array_before(left, right)
        case (Oid(), int()) | (int(), Oid()) if 0 in (left, right):
            return bool(left == 0)
    raise NotKnown("values are compared whose order is not known")


def _text_before(left: str, right: str) -> bool:
    # Collations disagree on case and punctuation, not on small letters and digits.
    plain = all(part.isalnum() and part.islower() and part.isascii() for part in (left, right))
    if isinstance(left, Spelled | Opaque) or isinstance(right, Spelled | Opaque) or not (plain or left == right):
        raise NotKnown("the order of texts depends on the collation")
    return left < right


def _array_before(left: tuple[Value, ...], right: tuple[Value, ...]) -> bool:
    for one, other in zip(left, right, strict=False):
        if one is None or other is None or not equal(one, other):
            return one is not None and (other is None or less(one, other))
    return len(left) < len(right)


def _bounds_decide(left: Value, right: Value) -> bool:
    (low, high), (other_low, other_high) = (
        (v.low, v.high) if isinstance(v, Between) else (v, v) for v in (left, right)
    )
    if not all(type(bound) in (int, Decimal) for bound in (low, other_low)):
        raise NotKnown("a number is compared with something else")
    if high < other_low or low >= other_high:
        return bool(high < other_low)
    raise NotKnown(_BOUNDS)


def _settled(value: Value, other: Value) -> Value:
    """A string constant read as the type of what it is compared with."""
    if not isinstance(value, Untyped):
        return value
    match other:
        case bool():
            return boolean(value)
        case int() | Decimal() | Between():
            return number(value)
        case tuple():
            from policytool.catalog.build.plpgsql.text import array_in

            return tuple(Untyped(v) if v is not None else None for v in array_in(value))
        case Oid() if value.strip().isdigit():
            return int(value)
    return value


def boolean(text: str) -> bool:
    """A text read as boolean."""
    word = text.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise Refused("22P02", f'invalid input syntax for type boolean: "{text}"')


def number(text: str) -> int | Decimal:
    """A text read as a number."""
    try:
        value = Decimal(text.strip().replace("_", ""))
    except InvalidOperation:
        raise Refused("22P02", f'invalid input syntax for type integer: "{text}"') from None
    return int(value) if value == value.to_integral_value() and "." not in text and "e" not in text.lower() else value


def _same_element(left: Value, right: Value) -> bool:
    if left is None or right is None:
        return left is right
    return equal(left, right)


def _may_be(some: Some, text: str) -> bool:
    if some.may_be(text):
        raise NotKnown(f'"{text}" may be the name of one of Postgres\'s own objects')
    return False


def _same_object(left: Oid, right: Oid) -> bool:
    if left.catalog != right.catalog:
        return False
    if left.of_system or right.of_system:
        if _own(left) and _own(right):
            raise NotKnown("objects of Postgres's own are compared")
        return False
    return bool(left.key == right.key)


def _own(oid: Oid) -> bool:
    return oid.of_system or (isinstance(oid.key, tuple) and oid.key[:1] == ("pg_catalog",))


def _same_spelling(left: str, right: str) -> bool:
    one, other = (re.sub(r"[()\s]", "", text).lower() for text in (left, right))
    if one == other:
        return True
    if _WORD.fullmatch(one) or _WORD.fullmatch(other):
        return False  # a single word is spelled as it is
    raise NotKnown("an expression is compared with a text, and Postgres may spell it otherwise")


# --- patterns -------------------------------------------------------------------------------------------------------


def like(text: Value, pattern: str, *, escape: str = "\\", fold: bool = False) -> bool:
    """LIKE and ILIKE."""
    fragments = _fragments(pattern, escape)
    if isinstance(text, Spelled):
        return _contains(text, fragments)
    expression = _like_expression(pattern, escape, fold)
    return _matches(text, lambda t: expression.fullmatch(t) is not None, fragments[0].replace("\0", "")[:3])


@functools.lru_cache(maxsize=256)
def _like_expression(pattern: str, escape: str, fold: bool) -> re.Pattern[str]:
    parts, position = [], 0
    while position < len(pattern):
        char = pattern[position]
        if char == escape and position + 1 < len(pattern):
            position += 1
            parts.append(re.escape(pattern[position]))
        else:
            parts.append({"%": ".*", "_": "."}.get(char) or re.escape(char))
        position += 1
    return re.compile("".join(parts), re.DOTALL | (re.IGNORECASE if fold else 0))


def _fragments(pattern: str, escape: str) -> list[str]:
    """The constant pieces between the wildcards; the first is empty when the pattern starts with one."""
    marked = re.sub(re.escape(escape) + "(.)", lambda m: "\0" + m[1], pattern) if escape else pattern
    return [piece.replace("\0", "") for piece in re.split(r"(?<!\0)[%_]", marked)]


def _contains(text: str, fragments: list[str]) -> bool:
    """Whether Postgres's spelling has the pieces in this order, told from ours.

    Words, names and calls without arguments are spelled alike. Around operators Postgres has more parentheses and casts
    than we do, so that a piece with an operator is surely missing where ours without parentheses lacks it.
    """
    position, folded = 0, text.lower()
    bare = _NOISE.sub("", folded)
    for fragment in fragments:
        found = folded.find(fragment.lower(), position)
        if found < 0:
            break
        position = found + len(fragment)
    else:
        if all(_ALIKE.fullmatch(fragment) for fragment in fragments):
            return True
    for fragment in fragments:
        if _OPERATION.fullmatch(fragment) and _NOISE.sub("", fragment.lower()) not in bare:
            return False
    words = {word for fragment in fragments for word in _WORD.findall(fragment.lower())}
    if any(word not in folded and not any(word in added for added in _ADDED) for word in words):
        return False
    raise NotKnown("a pattern is looked for in an expression that Postgres may spell otherwise")


def regex(text: Value, pattern: str, *, fold: bool = False) -> bool:
    """The operators ~ and ~*."""
    expression = posix(pattern, fold)
    if isinstance(text, Spelled):
        if _WORD.fullmatch(pattern):
            return _contains(text, [pattern])
        raise NotKnown("a pattern is looked for in an expression that Postgres may spell otherwise")
    head = re.match(r"\^(\w{0,3})", pattern)
    return _matches(text, lambda t: expression.search(t) is not None, head[1] if head else "")


@functools.lru_cache(maxsize=256)
def posix(pattern: str, fold: bool) -> re.Pattern[str]:
    """A regular expression of Postgres as one of Python, where both mean the same."""
    translated = pattern
    for name, members in (("alpha", "A-Za-z"), ("digit", "0-9"), ("alnum", "A-Za-z0-9"), ("space", r"\s"),
                          ("upper", "A-Z"), ("lower", "a-z"), ("xdigit", "0-9A-Fa-f")):  # fmt: skip
        translated = translated.replace(f"[:{name}:]", members)
    translated = translated.replace(r"\m", r"\b(?=\w)").replace(r"\M", r"\b(?<=\w)").replace(r"\y", r"\b")
    if "[:" in translated or translated.startswith(("***", "(?")) or re.search(r"\\[AZce]|\[\[[.=]", translated):
        raise NotKnown("a regular expression that is not understood")
    try:
        return re.compile(translated, re.IGNORECASE if fold else 0)
    except re.error:
        raise NotKnown("a regular expression that is not understood") from None


def _matches(text: Value, test: object, head: str) -> bool:
    match text:
        case Some():
            if any(test(name) for name in text.names):  # type: ignore[operator]
                raise NotKnown("a pattern may match the name of one of Postgres's own objects")
            if text.suffix or (text.prefix and (not head or text.prefix.startswith(head[: len(text.prefix)]))):
                raise NotKnown("a pattern may match the name of one of Postgres's own objects")
            return False
        case Opaque():
            raise NotKnown("a name that differs from server to server is compared")
        case str():
            return bool(test(text))  # type: ignore[operator]
    raise NotKnown("a pattern is matched with something that is no text")
