"""Texts, numbers and times for made-up columns: what their names promise first, then whatever checks may like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from policytool.postgres.seeding.constants import Constants
from policytool.postgres.seeding.samples import like, sample

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_NAMED: Final = (
    (r"e_?mail", "a{n}@example.com"),
    (r"(?:^|_)(?:url|uri|link|href|website|webhook|endpoint)", "https://example.com/{n}"),
    (r"phone|mobile|whatsapp", "+1555{n:07}"),
    (r"slug|username|handle|subdomain", "{slug}-{n}"),
    (r"currency", "USD"),
    (r"country", "US"),
    (r"(?:locale|language|lang)$", "en"),
    (r"time_?zone|(?:^|_)tz$", "UTC"),
    (r"colou?r", "#{n:06x}"),
    (r"domain|host", "a{n}.example.com"),
)
_GENERAL: Final = (
    "{name} {n}", "{name}-{n}", "{name}{n}", "NAME{n}", "{n}", "a{n}@example.com", "https://example.com/{n}",
    "#{n:06x}", "+1555{n:07}", "a{n}.example.com", "1.0.{n}", "{n:064x}", "{n:02}", "12:00", "2024-01-01", "/{n}",
    "A", "aa", "AAA", "USD", "en-US", "{n:06}", "{n:08}-0000-4000-8000-000000000000", "UTC", "{{}}", "[]", "",
)  # fmt: skip
_LATE: Final = re.compile(
    r"(?:^|_)(?:ends?|ended|until|expir\w*|due|deadline|finish\w*|closes|to|till|valid_to)(?:_|$)"
)
_NUMBERS: Final = ("0", "1", "-1", "0.5", "0.1", *map(str, range(2, 32)), "40", "50", "60", "90", "100", "1000", "2024")
_START: Final = datetime(2024, 1, 1)
_FAR: Final = datetime(2099, 1, 1)
_STEPS: Final = (
    timedelta(hours=1), timedelta(days=1), timedelta(days=7), timedelta(days=30), timedelta(days=366),
    timedelta(minutes=30), -timedelta(days=1), -timedelta(days=365 * 34),
)  # fmt: skip
_YEARS: Final = 60 * 365
_LONGEST: Final = 4000
_WHOLE: Final = re.compile(r"-?\d+\Z")


def texts(name: str, told: Constants, n: int, most: int | None) -> Iterator[str]:
    """Texts of at most so many characters; those first that checks of the column alone ask for."""
    for text in _all_texts(name.replace("{", ""), told, n):
        yield text if most is None or len(text) <= most else short(n, most)


def _all_texts(name: str, told: Constants, n: int) -> Iterator[str]:
    yield from told.choices
    for longer in (0, 1, 3, 7):
        found = (sample(pattern, n, longer=longer) for pattern in told.regexes)
        yield from (text for text in found if text is not None)
    yield from (like(pattern, n) for pattern in told.likes)
    hint = next((form for pattern, form in _NAMED if re.search(pattern, name)), _GENERAL[0])
    hinted = hint.format(name=name, slug=name.lower().replace("_", "-"), n=n)
    if told.measured:
        lengths = [
            at for text in told.numbers if _WHOLE.match(text) for at in (int(text), int(text) + 1, int(text) - 1)
        ]
        if any(length > len(hinted) for length in lengths):
            yield from (padded(hinted, length) for length in lengths if 0 < length <= _LONGEST)
    yield hinted
    yield from told.texts
    yield from (form.format(name=name, n=n) for form in _GENERAL)
    if told.measured:
        yield from (padded(str(n), length) for length in lengths if 0 < length <= _LONGEST)


def padded(text: str, length: int) -> str:
    """A text of just that length that keeps its end, where what differs is."""
    return text.rjust(length, "a") if len(text) <= length else text[-length:]


def short(n: int, most: int) -> str:
    """A number in as few characters as may be; it wraps where there are not enough."""
    digits = ""
    for _ in range(min(most, 6)):
        n, digit = divmod(n, len(_DIGITS))
        digits = _DIGITS[digit] + digits
        if not n and most > 3:
            break
    return digits


def numbers(name: str, told: Constants, n: int, place: int) -> Iterator[str]:
    """Numbers; those in the checks of the column come after the first, as they are bounds more often than values."""
    if re.search(r"(?:^|_)year$", name):
        yield str(2000 + n % 90)
    yield str(n)
    for text in (*told.numbers, *told.texts):
        yield from _around(text)
    yield str(n + place)
    yield from _NUMBERS
    yield from (str(n * factor) for factor in (10, 1000, 100000))


def _around(text: str) -> Iterator[str]:
    if _WHOLE.match(text):
        number = int(text)
        yield from (str(number + more) for more in (0, 1, -1))
        yield from map(str, (-number, number // 2, number * 2))
    elif re.match(r"-?\d*\.\d+\Z", text):
        yield from (text, f"-{text.lstrip('-')}", str(float(text) / 2))


def fits(text: str, precision: int, scale: int, n: int) -> str:
    """A number that a numeric of this size takes."""
    whole = text.lstrip("-").partition(".")[0]
    if len(whole.lstrip("0")) <= precision - scale:
        return text
    return f"{n % 10 ** min(precision, 15)}e-{scale}"


def times(name: str, told: Constants, n: int, place: int) -> Iterator[datetime]:
    """Moments: later columns later, each row on a day of its own, and what ends, far away."""
    day = timedelta(days=3 * n % _YEARS)
    early = _START + day + timedelta(hours=place % 96)
    late = _FAR + day % timedelta(days=300) + timedelta(hours=place % 96)
    yield from (late, early) if _LATE.search(name) else (early, late)
    known = [moment for text in told.texts if (moment := moment_of(text)) is not None]
    for moment in known:
        yield from (moment + timedelta(days=n % 20), moment, moment + timedelta(days=1), moment - timedelta(days=1))
    yield from (early + step for step in _STEPS)
    yield _START + timedelta(days=7 * (n % 400))
    yield datetime(2000 + n % 60, 1 + n % 12, 1)


def moment_of(text: str) -> datetime | None:
    """The moment that a constant names; zones are left out."""
    match = re.match(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?))?", text)
    try:
        return datetime.fromisoformat(" ".join(filter(None, match.groups()))) if match else None
    except ValueError:
        return None


def clock(told: Constants, n: int, place: int) -> Iterable[str]:
    """Times of day."""
    yield f"{min(8 + place, 22):02}:{n % 60:02}"
    yield from (text for text in told.texts if re.match(r"\d?\d:\d\d", text))
    yield from ("00:00", "08:00", "09:00", "10:00", "12:00", "17:00", "18:00", "23:59")
