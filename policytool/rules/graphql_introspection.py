"""pg_graphql tells clients the names of tables and columns."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.wording import and_list, who, widest
from policytool.catalog.model import Table
from policytool.finding import Finding, Fix, ObjectRef
from policytool.rule import CatalogRule, Context

SHOWN = 3  # tables that are named


class GraphqlIntrospection(CatalogRule):
    """pg_graphql tells clients the names of tables and columns."""

    name = "graphql-introspection"
    severity = "info"
    persona = "auditor"
    splinter = "0026_pg_graphql_anon_table_exposed, 0027_pg_graphql_authenticated_table_exposed"
    cwe = 200

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding where the extension is installed and a client may select from an exposed table."""
        extension = context.catalog.extensions.get("pg_graphql")
        seen = {role: found for role in context.access.clients if (found := _selectable(role, context))}
        if extension is None or not seen:
            return
        role = widest(seen)
        yield self.finding(
            ObjectRef(kind="extension", name="pg_graphql"),
            f"{who(role)} can ask pg_graphql for the columns and relationships of {_listed(seen[role])}",
            at=extension.made,
            fix=Fix(sql="drop extension pg_graphql;", note="if no client uses GraphQL"),
        )


def _selectable(role: str, context: Context) -> list[Table]:
    access = context.access
    tables = (t for t in context.catalog.tables.values() if t.origin is None and access.profile.exposes(t.schema))
    return [table for table in tables if access.reach(role, "SELECT", table)]


def _listed(tables: list[Table]) -> str:
    names = sorted(f"{t.schema}.{t.name}" for t in tables)
    rest = len(names) - SHOWN
    return and_list([*names[:SHOWN], *([f"{rest} more"] if rest > 0 else [])])
