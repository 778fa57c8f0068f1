"""Default privileges open every new table, function or sequence to client roles."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.client_grants import in_sql, in_words, named, roles_of
from policytool.access.profile import MANAGED_SCHEMAS
from policytool.access.spelled import grantees
from policytool.access.wording import and_list
from policytool.catalog.model import Grant
from policytool.catalog.objects import DefaultPrivilege
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, Related, Severity, lowered, role_ref, schema_ref
from policytool.rule import CatalogRule, Context

# What lets a client do something with the object. The rest is for `untrusted-bypass-grant`.
OPENING = {
    "TABLES": frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"}),
    "FUNCTIONS": frozenset({"EXECUTE"}),
    "SEQUENCES": frozenset({"USAGE", "SELECT"}),
}


class DefaultAclUntrusted(CatalogRule):
    """Default privileges open every new table, function or sequence to client roles."""

    name = "default-acl-untrusted"
    severity = "warning"
    cwe = 276

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for a schema, or for a role where its defaults hold in all schemas. In `public` of a Supabase
        project it is info, for the platform itself set it there."""
        by_place: dict[tuple[str | None, str], list[DefaultPrivilege]] = {}
        for entry in context.catalog.default_privileges:
            if _meant(entry, context) and any(_opens(entry, context)):
                by_place.setdefault((entry.schema, "" if entry.schema else entry.role), []).append(entry)
        for (schema, role), entries in by_place.items():
            yield self._found(schema, role, entries, context)

    def _found(self, schema: str | None, role: str, entries: list[DefaultPrivilege], context: Context) -> Finding:
        opened = [(e, tuple(_opens(e, context))) for e in entries]
        grants = [g for _, found in opened for g in found]
        places = tuple(dict.fromkeys(g.made for g in grants if g.made is not None))
        what = and_list(f"{e.kind.lower()} ({in_words(found)})" for e, found in _once(opened))
        makers = and_list(dict.fromkeys(e.role for e in entries))
        return self.finding(
            role_ref(role) if schema is None else schema_ref(schema),
            f"whatever {makers} makes {'in any schema' if schema is None else f'in schema {schema}'} is granted to "
            f"{named(roles_of(grants))} at once: {what}",
            at=places[-1] if places else None,
            severity=_severity(schema, context),
            because=tuple(Related(message="and by this", location=p) for p in places[:-1][:3]),
            fix=Fix(
                sql="\n".join(_revoke(e, found) for e, found in opened),
                note="grant on each new object what it needs",
            ),
        )


def _meant(entry: DefaultPrivilege, context: Context) -> bool:
    """Whether it is the project's: what the platform's own roles make is not, and nobody else can change it."""
    return entry.schema not in MANAGED_SCHEMAS and entry.role not in context.access.profile.trusted - {"postgres"}


def _opens(entry: DefaultPrivilege, context: Context) -> Iterator[Grant]:
    wanted = OPENING.get(entry.kind, frozenset())
    yield from (g for g in entry.grants if g.grantee in context.access.clients and g.privilege in wanted)


def _once(
    opened: list[tuple[DefaultPrivilege, tuple[Grant, ...]]],
) -> list[tuple[DefaultPrivilege, tuple[Grant, ...]]]:
    """One entry for each kind, tables first, with what all its roles give."""
    found: dict[str, tuple[DefaultPrivilege, tuple[Grant, ...]]] = {}
    for entry, grants in opened:
        known = found.get(entry.kind)
        found[entry.kind] = (entry, (*(known[1] if known else ()), *grants))
    return [found[kind] for kind in OPENING if kind in found]


def _severity(schema: str | None, context: Context) -> Severity | None:
    if schema is None:
        return None
    if schema == "public" and context.access.profile.platform == "supabase":
        return "info"
    return None if context.access.profile.exposes(schema) else lowered("warning")


def _revoke(entry: DefaultPrivilege, grants: tuple[Grant, ...]) -> str:
    place = "" if entry.schema is None else f"in schema {identifier(entry.schema)} "
    privileges = in_sql(g for g in grants) if entry.kind == "TABLES" else "all"
    return (
        f"alter default privileges for role {identifier(entry.role)} {place}"
        f"revoke {privileges} on {entry.kind.lower()} from {grantees(roles_of(grants))};"
    )
