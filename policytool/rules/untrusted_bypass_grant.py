"""Client roles hold TRUNCATE, REFERENCES, TRIGGER or MAINTAIN, which no policy limits."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.client_grants import BYPASSING, by_grantee, client_grants, has_all, listed, named, roles_of
from policytool.access.spelled import grantees
from policytool.access.wording import and_list
from policytool.catalog.model import Grant, Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, Related, Severity, lowered, schema_ref, table_ref
from policytool.rule import CatalogRule, Context

DOES = {
    "TRUNCATE": "empties the table whatever its policies say",
    "REFERENCES": "tells by a foreign key which keys there are",
    "TRIGGER": "puts code behind everybody's writes",
    "MAINTAIN": "locks the table for as long as it likes",
}


class UntrustedBypassGrant(CatalogRule):
    """Client roles hold TRUNCATE, REFERENCES, TRIGGER or MAINTAIN, which no policy limits."""

    name = "untrusted-bypass-grant"
    severity = "warning"
    cwe = 732

    def check(self, context: Context) -> Iterator[Finding]:
        """Each table on which one of them was granted by its name; once for each schema what GRANT ALL and default
        privileges gave, which on Supabase is what every project has."""
        swept: dict[str, list[tuple[Table, Grant]]] = {}
        for table in context.catalog.tables.values():
            if table.origin is None and context.access.profile.exposes(table.schema):
                yield from self._table(table, swept, context)
        for schema, found in swept.items():
            yield self._schema(schema, found, context)

    def _table(self, table: Table, swept: dict[str, list[tuple[Table, Grant]]], context: Context) -> Iterator[Finding]:
        chosen: list[Grant] = []
        for grants in by_grantee(client_grants(table, context.access, BYPASSING)).values():
            if has_all(grants) or all(g.by_default for g in grants):
                swept.setdefault(table.schema, []).extend((table, g) for g in grants)
            else:
                chosen.extend(grants)
        if chosen:
            held = listed(g.privilege for g in chosen)
            roles = roles_of(chosen)
            yield self.finding(
                table_ref(table),
                f"{named(roles)} {_have(roles)} {and_list(held)} on {table.schema}.{table.name}: "
                f"{held[0]} {DOES[held[0]]}",
                at=chosen[0].made or table.made,
                severity=self._reached(table.schema, roles, context),
                because=tuple(Related(message=f"{g.privilege} is granted", location=g.made) for g in chosen[1:]),
                fix=Fix(
                    sql=f"revoke {', '.join(held).lower()} on {qualified(table.schema, table.name)} "
                    f"from {grantees(roles)};",
                    safety="safe",
                ),
            )

    def _schema(self, schema: str, found: list[tuple[Table, Grant]], context: Context) -> Finding:
        grants = [g for _, g in found]
        roles, held = roles_of(grants), listed(g.privilege for g in grants)
        tables = len({t.name for t, _ in found})
        places = tuple(dict.fromkeys(g.made for g in grants if g.made is not None))
        platform = context.access.profile.platform == "supabase"
        return self.finding(
            schema_ref(schema),
            f"{named(roles)} {_have(roles)} {and_list(held)} on {tables} {'tables' if tables > 1 else 'table'} of "
            f"schema {schema}, by GRANT ALL or by default: {held[0]} {DOES[held[0]]}",
            at=places[0] if places else None,
            severity="info" if platform else self._reached(schema, roles, context),
            because=tuple(Related(message="and by this", location=p) for p in places[1:4]),
            fix=Fix(sql=_sweep(schema, roles, held, context), safety="safe"),
        )

    def _reached(self, schema: str, roles: tuple[str, ...], context: Context) -> Severity | None:
        return None if any(context.access.privileges.uses(r, schema) for r in roles) else lowered(self.severity)


def _have(roles: tuple[str, ...]) -> str:
    return "have" if len(roles) > 1 else "has"


def _sweep(schema: str, roles: tuple[str, ...], held: tuple[str, ...], context: Context) -> str:
    """Away from the tables there are, and from the default privileges that would give it to the next one."""
    what, whom, place = ", ".join(held).lower(), grantees(roles), identifier(schema)
    makers = dict.fromkeys(
        d.role
        for d in context.catalog.default_privileges
        if d.kind == "TABLES"
        and d.schema == schema
        and any(g.grantee in roles and g.privilege in held for g in d.grants)
    )
    platform = context.access.profile.trusted - {"postgres"}
    defaults = "".join(
        f"\nalter default privileges for role {identifier(r)} in schema {place} revoke {what} on tables from {whom};"
        for r in makers
        if r not in platform
    )
    return f"revoke {what} on all tables in schema {place} from {whom};{defaults}"
