"""Interval constants as Postgres shows them, with IntervalStyle postgres."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

_PART: Final = re.compile(r"\s*([+-]?\d*\.?\d+)\s*([a-zA-Z]+)")
_CLOCK: Final = re.compile(r"\s*([+-]?)(\d+):(\d{1,2})(?::(\d{1,2}(?:\.\d*)?))?")
_NAMES: Final[dict[str, dict[str, int | Fraction]]] = {
    "months": {
        "millennium": 12000,
        "century": 1200,
        "decade": 120,
        "year": 12,
        "y": 12,
        "yr": 12,
        "month": 1,
        "mon": 1,
    },
    "days": {"week": 7, "w": 7, "day": 1, "d": 1},
    "seconds": {
        "hour": 3600,
        "h": 3600,
        "hr": 3600,
        "minute": 60,
        "min": 60,
        "m": 60,
        "second": 1,
        "sec": 1,
        "s": 1,
        "millisecond": Fraction(1, 1000),
        "msec": Fraction(1, 1000),
        "ms": Fraction(1, 1000),
        "microsecond": Fraction(1, 1000000),
        "usec": Fraction(1, 1000000),
        "us": Fraction(1, 1000000),
    },
}
_ISO: Final = re.compile(r"p((?:[+-]?[\d.]+[ymwd])*)(?:t((?:[+-]?[\d.]+[hms])+))?")
_ISO_PART: Final = re.compile(r"([+-]?[\d.]+)([a-z])")
_ISO_UNITS: Final = ({"y": "year", "m": "month", "w": "week", "d": "day"}, {"h": "hour", "m": "minute", "s": "second"})
_PLURALS: Final = {"millennia": "millennium", "centuries": "century"}


def interval_text(text: str, unit: str = "second") -> str | None:
    """The interval that a constant means, in Postgres's own spelling; None where this module cannot tell.

    `unit` is that of a bare number, as in INTERVAL '1' YEAR.
    """
    rest = text.strip().lower().removeprefix("@").strip()
    ago = rest.endswith("ago")
    rest = rest.removesuffix("ago").rstrip()
    sums = {"months": Fraction(0), "days": Fraction(0), "seconds": Fraction(0)}
    iso = _ISO.fullmatch(rest)
    if iso:
        halves = zip(_ISO_UNITS, iso.groups(), strict=True)
        rest = " ".join(f"{n} {units[u]}" for units, half in halves for n, u in _ISO_PART.findall(half or ""))
    if re.fullmatch(r"[+-]?\d+(\.\d+)?", rest):
        rest = f"{rest} {unit}"
    while rest:
        clock, part = _CLOCK.match(rest), _PART.match(rest)
        if clock:
            sign = -1 if clock[1] == "-" else 1
            sums["seconds"] += sign * (int(clock[2]) * 3600 + int(clock[3]) * 60 + Fraction(clock[4] or 0))
        elif not part or not _add(sums, Fraction(part[1]), part[2]):
            return None
        rest = rest[(clock or part or rest).end() :].strip()  # type: ignore[union-attr]
    sign = -1 if ago else 1
    return _spelled(*(sign * sums[key] for key in ("months", "days", "seconds")))


def _add(sums: dict[str, Fraction], number: Fraction, word: str) -> bool:
    word = _PLURALS.get(word, word)
    for kind, units in _NAMES.items():
        factor = units.get(word) or units.get(word.removesuffix("s"))
        if factor is None:
            continue
        amount = number * factor
        if kind == "months":
            # A fraction of a month is thirty days of it, a fraction of a year whole months.
            whole = Fraction(int(amount)) if factor == 1 else Fraction(round(amount))
            sums["days"] += (amount - whole) * 30 if factor == 1 else 0
            amount = whole
        sums[kind] += amount
        return _carry(sums)
    return False


def _carry(sums: dict[str, Fraction]) -> bool:
    whole = Fraction(int(sums["days"]))
    sums["seconds"] += (sums["days"] - whole) * 86400
    sums["days"] = whole
    return True


def _spelled(months: Fraction, days: Fraction, seconds: Fraction) -> str:
    total = int(months)
    years, rest = divmod(abs(total), 12)
    sign = -1 if total < 0 else 1
    parts: list[str] = []
    negative = False
    for value, name in ((sign * years, "year"), (sign * rest, "mon"), (int(days), "day")):
        if value:
            plus = "+" if negative and value > 0 else ""
            parts.append(f"{plus}{value} {name}{'' if value == 1 else 's'}")
            negative = value < 0
    if seconds or not parts:
        plus = "-" if seconds < 0 else "+" if negative else ""
        parts.append(plus + _clock(abs(seconds)))
    return " ".join(parts)


def _clock(seconds: Fraction) -> str:
    micros = round(seconds * 1000000)
    whole, fraction = divmod(micros, 1000000)
    tail = f".{fraction:06d}".rstrip("0") if fraction else ""
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}{tail}"
