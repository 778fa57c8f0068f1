"""A client role is granted something in a schema that belongs to the platform: accounts, secrets or jobs."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import COMMANDS, Access, Command
from policytool.access.client_grants import client_grants, in_sql, in_words, named, roles_of
from policytool.access.spelled import granted, grantees
from policytool.catalog.model import Function, Grant, Schema, Table, View
from policytool.finding import Finding, Fix, Related, Severity, ref_of
from policytool.rule import CatalogRule, Context

Item = Table | View | Function | Schema
HOLDS = {"auth": "the accounts", "vault": "the secrets", "cron": "the scheduled jobs", "pgsodium": "the keys"}
# What the extension itself grants to PUBLIC in these: to read one's own jobs, to call its functions.
SHARED = frozenset({"cron", "pgsodium"})


class ManagedSchemaGrant(CatalogRule):
    """A client role is granted something in a schema that belongs to the platform: accounts, secrets or jobs."""

    name = "managed-schema-grant"
    severity = "error"
    cwe = 732

    def check(self, context: Context) -> Iterator[Finding]:
        """Tables, views and functions of the platform in auth, vault, cron and pgsodium; and the schemas themselves."""
        for item in _items(context):
            grants = tuple(_beyond(item, context.access))
            if grants:
                yield self._found(item, grants, context)

    def _found(self, item: Item, grants: tuple[Grant, ...], context: Context) -> Finding:
        roles = roles_of(grants)
        places = tuple(dict.fromkeys(g.made for g in grants if g.made is not None))
        severity, why = _judge(item, grants, context.access)
        schema = item.name if isinstance(item, Schema) else item.schema
        return self.finding(
            ref_of(item),
            f"{named(roles)} {'have' if len(roles) > 1 else 'has'} {in_words(grants)} on {granted(item)}, "
            f"where the platform keeps {HOLDS[schema]}{why}",
            at=places[-1] if places else None,
            severity=severity,
            because=tuple(Related(message="and by this", location=p) for p in places[:-1][:3]),
            fix=Fix(
                sql=f"revoke {in_sql(grants)} on {granted(item)} from {grantees(roles)};",
                note="let a SECURITY DEFINER function give out what clients need, and check who calls it",
            ),
        )


def _items(context: Context) -> Iterator[Item]:
    catalog = context.catalog
    yield from (s for s in catalog.schemas.values() if s.name in HOLDS and s.origin is not None)
    for items in (catalog.tables, catalog.views, catalog.functions):
        yield from (i for i in items.values() if i.schema in HOLDS and i.origin is not None)


def _beyond(item: Item, access: Access) -> Iterator[Grant]:
    """The grants to clients that neither the platform nor the extension made."""
    for grant in client_grants(item, access):
        match item:
            case Schema(name=name):
                # USAGE on auth is the platform's; on cron it lets one schedule jobs, for everybody may call that.
                usual = grant.privilege == "USAGE" and (name == "auth" or name not in SHARED)
            case Function(schema=schema):
                usual = schema == "auth" or grant.grantee == "public"
            case _:
                usual = grant.grantee == "public" and item.schema in SHARED
        if not usual:
            yield grant


def _judge(item: Item, grants: tuple[Grant, ...], access: Access) -> tuple[Severity | None, str]:
    """Whether a row, or the function, is in reach today."""
    roles = roles_of(grants)
    if isinstance(item, Schema):
        return None, ""
    if not any(access.privileges.uses(role, item.schema) for role in roles):
        return "warning", f"; only the lack of USAGE on schema {item.schema} keeps it out"
    if isinstance(item, Table) and item.rls_enabled:
        commands: list[Command] = [c for c in COMMANDS if any(g.privilege == c for g in grants)]
        if commands and all(access.row_filter(r, item, c).reach == "none" for r in roles for c in commands):
            return "warning", "; only row level security keeps it out"
        if commands and all(access.row_filter(r, item, c).reach in ("none", "own") for r in roles for c in commands):
            return "info", "; policies show each user their own rows"
    return None, ""
