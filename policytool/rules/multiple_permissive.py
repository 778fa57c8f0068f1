"""Several permissive policies of a table are asked where one would do."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import SIDES, expression
from policytool.access.because import of_policy
from policytool.access.policies import met_by, target
from policytool.access.sameness import sense
from policytool.access.wording import and_list
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, Fix, table_ref
from policytool.rule import Context, TableRule

Group = tuple[Policy, ...]


class MultiplePermissive(TableRule):
    """Several permissive policies of a table are asked where one would do."""

    name = "multiple-permissive"
    severity = "info"
    concern = "performance"
    splinter = "0006_multiple_permissive_policies"

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Policies of one command and the same roles, of which a client meets more than one; once for each table."""
        groups = list(_groups(table, context))
        if not groups:
            return
        said = and_list(_said(group) for group in groups)
        yield self.finding(
            table_ref(table),
            f"{table.schema}.{table.name} has several permissive policies for one command and the same roles: {said}; "
            "every query asks them all",
            at=groups[0][-1].made,
            because=tuple(of_policy(p, f"is for {p.command}") for p in groups[0][:4]),
            fix=Fix(sql="\n".join(_merged(table, group) for group in groups), safety="safe"),
        )


def _groups(table: Table, context: Context) -> Iterator[Group]:
    """Permissive policies that one could write as one: of equal command and roles, and not all equal."""
    found: dict[object, list[Policy]] = {}
    for policy in sorted(table.policies, key=lambda p: p.name):
        if policy.permissive and any(expression(policy, side) for side in SIDES):
            found.setdefault((policy.command, frozenset(policy.roles)), []).append(policy)
    for group in (tuple(g) for g in found.values() if len(g) > 1):
        effects = {(sense(p.using), sense(expression(p, "check"))) for p in group}
        if len(effects) > 1 and met_by(group[0], table, context.access):
            yield group


def _said(group: Group) -> str:
    return f"{len(group)} for {group[0].command} ({', '.join(sorted(group[0].roles))})"


def _merged(table: Table, group: Group) -> str:
    """Postgres joins the conditions of permissive policies with OR: the rows that are there apart from the new ones."""
    first = group[0]
    using, check = ([e for p in group if (e := expression(p, side)) is not None] for side in SIDES)
    clauses = f"\n  using ({_either(using)})" if using and first.command != "INSERT" else ""
    if first.command == "INSERT" or any(p.with_check is not None for p in group):
        clauses += f"\n  with check ({_either(check)})"
    drops = "".join(f"\ndrop {target(p, table)};" for p in group[1:])
    return f"alter {target(first, table)}{clauses};{drops}"


def _either(texts: list[str]) -> str:
    return " or ".join(f"({t})" for t in dict.fromkeys(texts)) if len(set(texts)) > 1 else texts[0]
