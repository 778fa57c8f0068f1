"""Columns whose names say that they hold what is nobody else's business."""

from __future__ import annotations

import re
from itertools import pairwise

from policytool.catalog.model import Table

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_SECRET = frozenset({"password", "passwd", "secret", "otp", "ssn", "iban", "cvv", "mfa", "passport"})
_SECRET_PAIRS = frozenset(
    {("password", "hash"), ("api", "key"), ("private", "key"), ("access", "token"), ("refresh", "token"),
     ("secret", "key"), ("card", "number"), ("service", "key"), ("recovery", "token"), ("reset", "token"),
     ("auth", "token"), ("bank", "account"), ("tax", "id")}
)  # fmt: skip
_PERSONAL = frozenset({"email", "phone", "dob", "birthdate", "birthday", "address"})
_PERSONAL_PAIRS = frozenset(
    {("birth", "date"), ("date", "birth"), ("phone", "number"), ("home", "address"), ("full", "address")}
)
# Words that make a count or a setting out of a secret's name.
_HARMLESS = frozenset(
    {"count", "counts", "used", "limit", "max", "enabled", "required", "verified", "type", "id", "public", "at"}
)


def sensitive_columns(table: Table) -> tuple[str, ...]:
    """Secret and personal columns of a table, by the words of their names."""
    return tuple(c.name for c in table.columns if c.type != "boolean" and (is_secret(c.name) or is_personal(c.name)))


def is_secret(name: str) -> bool:
    """password_hash, accessToken, api_key; not token_count, nor certificate."""
    words = _words(name)
    if words and words[-1] in _HARMLESS:
        return False
    return bool(_SECRET.intersection(words) or _SECRET_PAIRS.intersection(pairwise(words)))


def is_personal(name: str) -> bool:
    """email, phone_number, date_of_birth."""
    words = [w for w in _words(name) if w != "of"]
    if not words or words[-1] in _HARMLESS or "ip" in words:
        return False
    return words[-1] in _PERSONAL or bool(_PERSONAL_PAIRS.intersection(pairwise(words)))


def _words(name: str) -> list[str]:
    return [w.lower() for w in _WORD.findall(name)]
