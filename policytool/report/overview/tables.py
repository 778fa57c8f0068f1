"""The coverage of each table: how far it is open, what guards it, what it lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from policytool.access import COMMANDS, WRITES, Access
from policytool.access.headline import headline
from policytool.access.indexes import leading
from policytool.catalog.model import Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import SEVERITIES, Finding
from policytool.report.overview.model import Exposure, KeyReport, NeededIndex, TableReport

PRIVILEGES = (*COMMANDS, "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")


def table_report(
    table: Table, access: Access, findings: Mapping[tuple[str, str], list[int]], all_: list[Finding]
) -> TableReport:
    """One row of the coverage."""
    mine = tuple(findings.get((table.schema, table.name), ()))
    severities = {all_[n].severity for n in mine}
    return TableReport(
        schema=table.schema,
        name=table.name,
        kind=table.kind,
        rls="off" if not table.rls_enabled else "forced" if table.rls_forced else "on",
        exposed=access.profile.exposes(table.schema),
        exposure=exposure(table, access),
        headline=headline(table, access),
        columns=len(table.columns),
        policies={c: sum(p.command in ("ALL", c) and p.permissive for p in table.policies) for c in COMMANDS},
        restrictive=sum(not p.permissive for p in table.policies),
        owner_columns=tuple(dict.fromkeys((*access.owner_columns(table), *access.bound_columns(table)))),
        tenant_columns=access.tenant_columns(table),
        indexes=tuple(_indexes(table, access)),
        grants=_grants(table, access),
        findings=mine,
        worst=next((s for s in SEVERITIES if s in severities), None),
        assumed=table.assumed,
        partition_of=".".join(table.partition_of) if table.partition_of else None,
        comment=table.comment,
        location=table.made,
    )


def exposure(table: Table, access: Access) -> Exposure:
    """How far clients get, by the worst that any of them may do."""
    if table.assumed:
        return "unknown"
    if not access.exposed(table):
        return "closed"
    reach = {(r, c): access.row_filter(r, table, c).reach for r in access.clients for c in COMMANDS}
    if any(found == "all" for (_, c), found in reach.items() if c in WRITES):
        return "writable"
    readers = {r: reach[r, "SELECT"] for r in access.clients}
    if any(found == "all" for r, found in readers.items() if access.anonymous(r)):
        return "public"
    if "all" in readers.values():
        return "shared"
    if any(found != "none" for (r, _), found in reach.items() if access.anonymous(r)):
        return "partly"
    return "scoped" if any(found != "none" for found in reach.values()) else "closed"


def _indexes(table: Table, access: Access) -> Iterable[NeededIndex]:
    """The columns that USING compares with the person, each with the policies that ask for it."""
    if not table.rls_enabled:
        return
    names = {c.name for c in table.columns if not c.type.endswith("[]") and not c.type.startswith("json")}
    asking: dict[str, list[str]] = {}
    for policy in table.policies:
        says = access.predicate(policy, "using", table) if policy.command != "INSERT" else None
        for column in sorted(says.compared & names) if says is not None else ():
            asking.setdefault(column, []).append(policy.name)
    there = leading(table)
    for column, policies in asking.items():
        sql = f"create index on {qualified(table.schema, table.name)} ({identifier(column)});"
        yield NeededIndex(column=column, present=column in there, policies=tuple(policies), sql=sql)


def _grants(table: Table, access: Access) -> dict[str, tuple[str, ...]]:
    """What each client may do by grants alone; a privilege on columns only is told with them."""
    return {role: found for role in access.clients if (found := tuple(_privileges(role, table, access)))}


def _privileges(role: str, table: Table, access: Access) -> Iterable[str]:
    for privilege in PRIVILEGES if access.privileges.uses(role, table.schema) else ():
        grants = access.privileges.grants(role, privilege, table)
        if any(not g.columns for g in grants) or (not grants and access.can(role, privilege, table)):
            yield privilege
        elif grants:
            yield f"{privilege} ({', '.join(sorted({c for g in grants for c in g.columns}))})"


def keys(tables: Iterable[Table]) -> Iterable[KeyReport]:
    """The foreign keys of some tables."""
    for table in tables:
        for constraint in table.constraints:
            far = constraint.reference
            if far is not None and table.partition_of is None:
                yield KeyReport(
                    table=f"{table.schema}.{table.name}",
                    columns=constraint.columns,
                    references=f"{far.schema}.{far.table}",
                    on_delete=far.on_delete,
                )
