"""Constants as Postgres shows them once their type is known: it reads each by its type and writes it anew."""

from __future__ import annotations

import datetime
import functools
import json
import re
from collections.abc import Callable
from typing import Any, Final

from policytool.catalog.expression.intervals import interval_text
from policytool.catalog.expression.jsonpath import standard_path
from policytool.catalog.expression.kinds import TOWER, base
from policytool.catalog.expression.text_search import tsquery, tsvector

_INTEGER: Final = re.compile(r"\s*[+-]?\d+\s*\Z")
_DECIMAL: Final = re.compile(r"\s*([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?\s*\Z")
_UUID: Final = re.compile(r"\{?([0-9a-fA-F-]{32,})\}?\Z")
_DAY: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](.*))?\Z")
_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?\s*(Z|UTC|[+-]\d{1,2}(?::?\d{2})?)?\Z", re.I)
_TRUE: Final = frozenset(("t", "tr", "tru", "true", "y", "ye", "yes", "on", "1"))
_FALSE: Final = frozenset(("f", "fa", "fal", "fals", "false", "n", "no", "of", "off", "0"))
_ESCAPED_BYTES: Final = re.compile(r"(?:[^\\]|\\\\|\\[0-3][0-7]{2})*", re.S)
_BLANKS: Final = " \t\n\r\v\f"
_WORD: Final = re.compile(r"[^\s{},\"\\]+\Z", re.ASCII)
_ITEM: Final = re.compile(r'"((?:[^"\\]|\\.)*)"\s*|((?:[^{},"\\]|\\.)+)', re.S | re.ASCII)


def string(text: str) -> dict[str, Any]:
    """A string constant."""
    return {"A_Const": {"sval": {"sval": text}}}


def number(text: str) -> dict[str, Any]:
    """A numeric constant."""
    if _INTEGER.match(text) and -(2**31) <= int(text) < 2**31:
        return {"A_Const": {"ival": {"ival": int(text)}}}
    return {"A_Const": {"fval": {"fval": text}}}


@functools.lru_cache(maxsize=8192)
def constant(text: str, spelled: str) -> dict[str, Any]:
    """The constant that a string is as a value of a type: a number, TRUE or FALSE, or a string in standard spelling."""
    plain = base(spelled)
    if plain in TOWER:
        value = plain_number(text)
        return string(text) if value is None else number(value)
    if plain == "boolean":
        word = text.strip().lower()
        if word in _TRUE or word in _FALSE:
            return {"A_Const": {"boolval": {"boolval": word in _TRUE}}}
        return string(text)
    return string(standard(text, spelled))


@functools.lru_cache(maxsize=8192)
def standard(text: str, spelled: str) -> str:
    """The text by which Postgres shows a value of the type; the text as it is where nothing is known of the type."""
    plain = base(spelled)
    if plain.endswith("[]"):
        return _array(text, plain[:-2])
    if plain == "interval" and spelled != plain:
        return interval_text(text, spelled.split("(")[0].split()[-1]) or text
    spell = _SPELL.get(plain)
    result = spell(text) if spell is not None else None
    return text if result is None else result


def plain_number(text: str) -> str | None:
    """A number without exponent, plus sign and leading zeros; None where the text is none."""
    found = _DECIMAL.match(text)
    if not found or not (found[2] or found[3]):
        return None
    sign, whole, fraction = found[1].replace("+", ""), found[2], found[3]
    shift = int(found[4] or 0)
    if abs(shift) > 300:
        return None
    if shift > 0:
        fraction = fraction.ljust(shift, "0")
        whole, fraction = whole + fraction[:shift], fraction[shift:]
    elif shift < 0:
        whole = whole.rjust(-shift, "0")
        whole, fraction = whole[:shift], whole[shift:] + fraction
    whole = whole.lstrip("0") or "0"
    sign = "" if not (whole + fraction).strip("0") else sign
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def _uuid(text: str) -> str | None:
    found = _UUID.match(text.strip())
    digits = found[1].replace("-", "").lower() if found else ""
    if len(digits) != 32:
        return None
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _money(text: str) -> str | None:
    amount = plain_number(text.replace("$", "").replace(",", ""))
    if amount is None:
        return None
    return f"{'-' if amount[0] == '-' else ''}${abs(float(amount)):,.2f}"


def _bytea(text: str) -> str | None:
    """Bytes in hexadecimal digits, which is how a server shows them however they are written."""
    if text[:2] == "\\x":
        digits = re.sub(r"\s", "", text[2:]).lower()
        return f"\\x{digits}" if re.fullmatch(r"(?:[0-9a-f]{2})*", digits) else None
    if not _ESCAPED_BYTES.fullmatch(text):
        return None
    plain = re.sub(rb"\\(?:(\\)|([0-3][0-7]{2}))", lambda m: m[1] or bytes([int(m[2], 8)]), text.encode())
    return f"\\x{plain.hex()}"


def _date(text: str) -> str | None:
    found = _DAY.match(text.strip())
    return f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}" if found else None


def _time(text: str) -> str | None:
    found = _TIME.match(text.strip())
    if not found or found[5]:
        return None
    return f"{int(found[1]):02d}:{found[2]}:{found[3] or '00'}{(found[4] or '').rstrip('0').rstrip('.')}"


def _timestamp(text: str, zoned: bool) -> str | None:
    found = _DAY.match(text.strip())
    clock = _TIME.match(found[4] or "00:00") if found else None
    if not found or not clock:
        return None
    moment = datetime.datetime(
        int(found[1]), int(found[2]), int(found[3]), int(clock[1]), int(clock[2]), int(clock[3] or 0)
    )
    # A server shows it in its own time zone; UTC is what migrations run in.
    zone = re.fullmatch(r"([+-])(\d{1,2}):?(\d{2})?", clock[5] or "")
    if zoned and zone:
        offset = datetime.timedelta(hours=int(zone[2]), minutes=int(zone[3] or 0))
        moment -= offset if zone[1] == "+" else -offset
    fraction = (clock[4] or "").rstrip("0").rstrip(".")
    return f"{moment:%Y-%m-%d %H:%M:%S}{fraction}{'+00' if zoned else ''}"


def _moment(zoned: bool) -> Callable[[str], str | None]:
    def spell(text: str) -> str | None:
        try:
            return _timestamp(text, zoned)
        except (ValueError, OverflowError):
            return None

    return spell


class _Number(float):
    """A JSON number with its text: jsonb keeps trailing zeros."""

    text: str

    def __new__(cls, text: str) -> _Number:
        made = super().__new__(cls, text)
        made.text = plain_number(text) or text
        return made

    def __repr__(self) -> str:
        return self.text


def _jsonb(text: str) -> str | None:
    try:
        return _json_text(json.loads(text, parse_float=_Number))
    except (ValueError, RecursionError):
        return None


def _json_text(value: Any) -> str:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
        return "{" + ", ".join(f"{_json_text(key)}: {_json_text(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json_text, value)) + "]"
    return repr(value) if isinstance(value, _Number) else json.dumps(value, ensure_ascii=False)


def array_elements(text: str) -> list[str | None] | None:
    """The elements of a one-dimensional array constant; None where it is anything else."""
    text = text.strip(_BLANKS)
    if text[:1] != "{" or text[-1:] != "}":
        return None
    elements: list[str | None] = []
    rest = text[1:-1].strip(_BLANKS)
    while rest:
        found = _ITEM.match(rest)
        if not found:
            return None
        quoted = found[1] is not None
        value = re.sub(r"\\(.)", r"\1", found[1] if quoted else found[2].strip(_BLANKS), flags=re.S)
        elements.append(None if not quoted and value.upper() == "NULL" else value)
        rest = rest[found.end() :]
        if rest[:1] not in ("", ","):
            return None
        if rest[:1] == "," and not rest[1:].strip(_BLANKS):
            return None
        rest = rest[1:].strip(_BLANKS)
    return elements


def _path(text: str) -> str | None:
    return standard_path(text, plain_number)


def _array(text: str, spelled: str) -> str:
    elements = array_elements(text)
    if elements is None:
        return text
    return "{" + ",".join("NULL" if e is None else _element(standard(e, spelled)) for e in elements) + "}"


def _element(text: str) -> str:
    if _WORD.match(text) and text.upper() != "NULL":
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_SPELL: Final[dict[str, Callable[[str], str | None]]] = {
    "uuid": _uuid,
    "bytea": _bytea,
    "jsonpath": _path,
    "tsvector": tsvector,
    "tsquery": tsquery,
    "money": _money,
    "jsonb": _jsonb,
    "interval": interval_text,
    "date": _date,
    "time without time zone": _time,
    "timestamp without time zone": _moment(False),
    "timestamp with time zone": _moment(True),
    **dict.fromkeys(TOWER, plain_number),
}
