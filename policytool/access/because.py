"""Sentences that say by which grant a role has a privilege."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policytool.access.wording import and_list
from policytool.catalog.model import Grant, Policy
from policytool.finding import Related

ORDER = (
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "TRUNCATE",
    "REFERENCES",
    "TRIGGER",
    "MAINTAIN",
    "EXECUTE",
    "USAGE",
    "CREATE",
)


def because(role: str, grants: Iterable[Grant]) -> Iterator[Related]:
    """One sentence for each way in which a role has its privileges: by itself, by a membership, by PUBLIC, by default."""
    groups: dict[tuple[object, ...], list[Grant]] = {}
    for grant in grants:
        groups.setdefault((grant.grantee, grant.by_default, grant.made), []).append(grant)
    for (grantee, by_default, _), members in groups.items():
        yield Related(message=_sentence(role, str(grantee), bool(by_default), members), location=members[0].made)


def _sentence(role: str, grantee: str, by_default: bool, grants: list[Grant]) -> str:
    privileges = and_list(sorted({_privilege(g) for g in grants}, key=_rank))
    way = "by default privileges" if by_default else "by a grant"
    if grantee == role:
        return f"{role} has {privileges} {way}"
    if grantee == "public":
        built_in = "by Postgres's own default to PUBLIC" if by_default else "by a grant to PUBLIC"
        return f"{role} has {privileges} {built_in}"
    return f"{role} has {privileges} as a member of {grantee}, {way}"


def _privilege(grant: Grant) -> str:
    return f"{grant.privilege} ({', '.join(grant.columns)})" if grant.columns else grant.privilege


def _rank(text: str) -> tuple[int, str]:
    word = text.partition(" ")[0]
    return (ORDER.index(word) if word in ORDER else len(ORDER), text)


def of_policy(policy: Policy, says: str) -> Related:
    """A policy as the reason."""
    return Related(message=f'policy "{policy.name}" {says}', location=policy.made)
