"""Plain words for roles and privileges."""

from __future__ import annotations

from collections.abc import Iterable

_VERBS = {"SELECT": "read", "INSERT": "insert", "UPDATE": "update", "DELETE": "delete", "TRUNCATE": "truncate"}


def who(role: str) -> str:
    """A role as people think of it."""
    match role:
        case "anon" | "web_anon" | "anonymous":
            return "anyone with the anonymous key"
        case "public":
            return "every role"
        case "authenticated" | "web_user":
            return "any signed-in user"
    return role


def widest(roles: Iterable[str]) -> str:
    """The role to name when several can: the anonymous one says most."""
    return max(roles, key=lambda r: (r in ("anon", "web_anon", "anonymous"), r == "authenticated", r))


def verbs(privileges: Iterable[str]) -> str:
    """read, insert and update."""
    return and_list(_VERBS.get(p, p) for p in privileges)


def and_list(words: Iterable[str]) -> str:
    """a, b and c."""
    found = list(words)
    if len(found) < 2:
        return "".join(found)
    return f"{', '.join(found[:-1])} and {found[-1]}"
