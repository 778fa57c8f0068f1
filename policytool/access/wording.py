"""Plain words for roles and privileges."""

from __future__ import annotations

from collections.abc import Iterable

_VERBS = {"SELECT": "read", "INSERT": "insert", "UPDATE": "update", "DELETE": "delete", "TRUNCATE": "truncate"}
_ANONYMOUS = ("anon", "web_anon", "anonymous")
_SIGNED_IN = ("authenticated", "web_user")


def who(role: str) -> str:
    """A role as people think of it."""
    if role in _ANONYMOUS:
        return "anyone with the anonymous key"
    if role in _SIGNED_IN:
        return "any signed-in user"
    return "every role" if role == "public" else role


def width(role: str) -> int:
    """How much it says that a role can do something: most of one that needs no account; PUBLIC is no one to name."""
    return 0 if role == "public" else 3 if role in _ANONYMOUS else 2 if role in _SIGNED_IN else 1


def widest(roles: Iterable[str]) -> str:
    """The role to name when several can."""
    return max(roles, key=lambda r: (width(r), r))


def verbs(privileges: Iterable[str]) -> str:
    """read, insert and update."""
    return and_list(_VERBS.get(p, p) for p in privileges)


def and_list(words: Iterable[str]) -> str:
    """a, b and c."""
    found = list(words)
    if len(found) < 2:
        return "".join(found)
    return f"{', '.join(found[:-1])} and {found[-1]}"
