"""A policy looks rows up in another table, and no index of that table helps to find them."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import Access, Command
from policytool.access.indexes import leading
from policytool.access.lookups import lookups
from policytool.access.policies import met_by, named
from policytool.catalog.model import Policy, Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, Related, member_ref
from policytool.rule import CatalogRule, Context

READING: tuple[Command, ...] = ("SELECT", "UPDATE", "DELETE")
Seekers = list[tuple[Table, Policy]]


class PolicySubqueryUnindexed(CatalogRule):
    """A policy looks rows up in another table, and no index of that table helps to find them."""

    name = "policy-subquery-unindexed"
    severity = "warning"
    concern = "performance"

    def check(self, context: Context) -> Iterator[Finding]:
        """Tables of the user's that sub-queries of policies, or functions that they call, search without an index."""
        found: dict[tuple[str, str], tuple[Table, dict[str, Seekers]]] = {}
        for table, policy in _asked(context.access):
            for looked in _searches(table, policy, context.access):
                searched, (column, *_) = looked
                _, by_column = found.setdefault((searched.schema, searched.name), (searched, {}))
                by_column.setdefault(column, []).append((table, policy))
        for searched, by_column in found.values():
            for column, seekers in by_column.items():
                yield self._finding(searched, column, seekers)

    def _finding(self, table: Table, column: str, seekers: Seekers) -> Finding:
        home, first = seekers[0]
        name = f"{table.schema}.{table.name}"
        return self.finding(
            member_ref("column", table, column),
            f"{named(first, home)} looks up {name} by {column}, and no index of it leads with that: all its rows are "
            "read each time",
            at=table.made,
            because=tuple(
                Related(message=f"{named(policy, of)} asks it", location=policy.using_at or policy.made)
                for of, policy in seekers
            ),
            fix=Fix(
                sql=f"create index on {qualified(table.schema, table.name)} ({identifier(column)});",
                safety="safe",
                note="on a large table in use: create index concurrently, in a file of its own",
            ),
        )


def _asked(access: Access) -> Iterator[tuple[Table, Policy]]:
    """The policies that clients meet when they look for rows."""
    for table in access.catalog.tables.values():
        for policy in table.policies:
            if policy.command != "INSERT" and met_by(policy, table, access):
                yield table, policy


def _searches(table: Table, policy: Policy, access: Access) -> Iterator[tuple[Table, tuple[str, ...]]]:
    """The tables that it searches without an index, with the columns that one could lead with; the best first."""
    says = access.predicate(policy, "using", table)
    for found in lookups(says.node, access.helpers) if says is not None and says.node is not None else ():
        searched = found.table
        if not found.asked or leading(searched) & set(found.columns) or searched.assumed or searched.origin:
            continue
        if searched.partition_of is None and not _said(searched, found.columns, access):
            owners = access.owner_columns(searched)
            yield searched, tuple(sorted(found.asked, key=lambda c: c not in owners))


def _said(table: Table, columns: tuple[str, ...], access: Access) -> bool:
    """Whether the table's own policies ask for the same index: policy-column-unindexed says so."""
    if not table.rls_enabled or not access.exposed(table):
        return False
    says = (access.predicate(p, "using", table) for p in table.policies if p.command != "INSERT")
    return any(s.compared & set(columns) for s in says if s is not None)
