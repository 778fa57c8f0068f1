"""Clients may change or delete rows that they cannot read, so their statements find none."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import Command
from policytool.access.because import of_policy
from policytool.access.unread import Unread, unread
from policytool.access.wording import verbs, who, widest
from policytool.catalog.model import Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, table_ref
from policytool.rule import Context, TableRule

CHANGES: tuple[Command, ...] = ("UPDATE", "DELETE")


class WriteWithoutSelect(TableRule):
    """Clients may change or delete rows that they cannot read, so their statements find none."""

    name = "write-without-select"
    severity = "warning"
    concern = "correctness"

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Tables on which no client that may UPDATE or DELETE by a policy has a row to read."""
        found = unread(table, CHANGES, context.access)
        if not found:
            return
        role = widest(u.role for u in found)
        by_role = [u for u in found if u.role == role]
        commands = tuple(dict.fromkeys(u.command for u in by_role))
        policies = tuple(dict.fromkeys(u.policy for u in by_role))
        name = f"{table.schema}.{table.name}"
        lack = "no policy lets them read one" if by_role[0].granted else "they have no SELECT"
        effect = "finds no row" if by_role[0].granted else "is refused (42501)"
        yield self.finding(
            table_ref(table),
            f'{who(role)} can {verbs(commands)} rows of {name} by policy "{policies[0].name}", but {lack}: every '
            f"statement with a WHERE {effect}",
            at=policies[0].using_at or policies[0].made,
            because=tuple(of_policy(p, "is in vain too") for p in policies[1:3]),
            fix=_fix(table, by_role),
        )


def _fix(table: Table, found: list[Unread]) -> Fix:
    role, target = identifier(found[0].role), qualified(table.schema, table.name)
    if not found[0].granted:
        return Fix(sql=f"grant select on {target} to {role};", note="a policy for SELECT must let them read as well")
    policy = found[0].policy
    name = identifier(f"{policy.name[:50]} (read)")
    roles = ", ".join(map(identifier, policy.roles))
    return Fix(
        sql=f"create policy {name} on {target} for select to {roles}\n  using ({policy.using});",
        note="where those who change a row may also read it",
    )
