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
_PEOPLE = frozenset(
    {"profile", "user", "customer", "member", "contact", "lead", "person", "people", "employee", "patient", "student",
     "subscriber", "guest", "applicant", "candidate", "visitor", "attendee", "participant", "order", "booking",
     "reservation", "appointment", "submission", "inquiry", "inquirie", "waitlist", "newsletter", "invitation",
     "invite", "registration", "signup", "volunteer", "donor", "friend", "resident"}
)  # fmt: skip
# Words that make a count or a setting out of a secret's name.
_HARMLESS = frozenset(
    {"count", "counts", "used", "limit", "max", "enabled", "required", "verified", "type", "id", "public", "at"}
)


def secret_columns(table: Table) -> list[str]:
    """Columns that hold secrets, by the words of their names and by a type that can hold one."""
    return [c.name for c in table.columns if _holds_text(c.type) and (is_secret(c.name) or _is_token(c.name))]


def personal_columns(table: Table) -> list[str]:
    """Columns that hold what is personal, in a table of people: the phone of a restaurant is there to be called."""
    if not _about_people(table):
        return []
    return [c.name for c in table.columns if c.type != "boolean" and is_personal(c.name)]


def _about_people(table: Table) -> bool:
    """Whether the rows are people or what single people sent: by the table's name, or one row for each user."""
    if _PEOPLE.intersection(word.removesuffix("s") for word in _words(table.name)):
        return True
    keys = {c.columns for c in table.constraints if c.kind in ("PRIMARY KEY", "UNIQUE")}
    return any(
        c.reference is not None and (c.reference.schema, c.reference.table) == ("auth", "users") and c.columns in keys
        for c in table.constraints
    )


def is_secret(name: str) -> bool:
    """password_hash, accessToken, api_key; not token_count, nor certificate."""
    words = _words(name)
    if words and words[-1] in _HARMLESS:
        return False
    return bool(_SECRET.intersection(words) or _SECRET_PAIRS.intersection(pairwise(words)))


def _is_token(name: str) -> bool:
    """share_token, pushToken; what a token stands for, whoever knows it may do. Not token_count, nor design_tokens."""
    return _words(name)[-1:] == ["token"]


def _holds_text(kind: str) -> bool:
    return kind.startswith(("text", "character", "bytea", "uuid", "unknown")) or kind.rpartition(".")[2] == "citext"


def is_personal(name: str) -> bool:
    """email, phone_number, date_of_birth."""
    words = [w for w in _words(name) if w != "of"]
    if not words or words[-1] in _HARMLESS or "ip" in words:
        return False
    return words[-1] in _PERSONAL or bool(_PERSONAL_PAIRS.intersection(pairwise(words)))


def _words(name: str) -> list[str]:
    return [w.lower() for w in _WORD.findall(name)]
