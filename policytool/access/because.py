"""Sentences that say by which grant a role has a privilege."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policytool.access.wording import and_list
from policytool.catalog.model import Grant, Policy
from policytool.finding import Related

SINCE = "2026-05-30"  # when Supabase stopped granting new tables to the API roles in new projects
ORDER = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN", "EXECUTE", "USAGE")


def because(role: str, grants: Iterable[Grant], owner: str, platform: str) -> Iterator[Related]:
    """One sentence for each way in which a role has its privileges: itself, by a membership, by PUBLIC, by default."""
    groups: dict[tuple[object, ...], list[Grant]] = {}
    for grant in grants:
        groups.setdefault((grant.grantee, grant.by_default, grant.made), []).append(grant)
    for members in groups.values():
        yield Related(message=_sentence(role, members, owner, platform), location=members[0].made)
    if groups and platform == "supabase" and all(_old_default(g[0], owner, platform) for g in groups.values()):
        yield Related(message=f"a project made since {SINCE} has no such default: there it would take a GRANT")


def _sentence(role: str, grants: list[Grant], owner: str, platform: str) -> str:
    privileges = and_list(sorted({_privilege(g) for g in grants}, key=_rank))
    grantee, way = grants[0].grantee, _way(grants[0], owner, platform)
    if grantee not in (role, "public"):
        return f"{role} has {privileges} as a member of {grantee}, {way}"
    return f"{role} has {privileges} {way}"


def _way(grant: Grant, owner: str, platform: str) -> str:
    to_all = " to PUBLIC" if grant.grantee == "public" else ""
    if not grant.by_default:
        return f"by a grant{to_all}"
    if grant.grantee == owner:
        return "as its owner"
    if to_all and grant.privilege in ("EXECUTE", "USAGE"):
        return "by Postgres's own default to PUBLIC"
    if _old_default(grant, owner, platform):
        return f"by the default privileges of projects made before {SINCE}"
    return f"by default privileges{to_all}"


def _old_default(grant: Grant, owner: str, platform: str) -> bool:
    """Whether the platform itself gives it, and only to projects of a certain age."""
    own = grant.grantee in (owner, "public")
    return platform.startswith("supabase") and grant.by_default and grant.made is None and not own


def _privilege(grant: Grant) -> str:
    return f"{grant.privilege} ({', '.join(grant.columns)})" if grant.columns else grant.privilege


def _rank(text: str) -> tuple[int, str]:
    word = text.partition(" ")[0]
    return (ORDER.index(word) if word in ORDER else len(ORDER), text)


def of_policy(policy: Policy, says: str) -> Related:
    """A policy as the reason."""
    return Related(message=f'policy "{policy.name}" {says}', location=policy.made)
