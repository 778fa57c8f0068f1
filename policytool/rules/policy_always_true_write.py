"""A policy lets every client write every row."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import Command
from policytool.access.wording import verbs, who, widest
from policytool.catalog.model import Policy, Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, member_ref
from policytool.rule import Context, PolicyRule

WRITES: tuple[Command, ...] = ("INSERT", "UPDATE", "DELETE")


class PolicyAlwaysTrueWrite(PolicyRule):
    """A policy lets every client write every row."""

    name = "policy-always-true-write"
    severity = "error"
    splinter = "0024_permissive_rls_policy"
    cwe = 863

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Permissive policies whose expression is true for anyone, for a command that a client holds."""
        if not policy.permissive or not table.rls_enabled:
            return
        open_to = {c: roles for c in WRITES if (roles := _writers(table, policy, c, context))}
        if not open_to:
            return
        role = widest(r for roles in open_to.values() for r in roles)
        commands = tuple(c for c, roles in open_to.items() if role in roles)
        access = context.access
        yield self.finding(
            member_ref("policy", table, policy.name),
            f'policy "{policy.name}" lets {who(role)} {verbs(commands)} {_rows(commands)} {table.schema}.{table.name}',
            at=policy.using_at or policy.with_check_at or policy.made,
            severity="warning" if commands == ("INSERT",) and _harmless(table, role, context) else None,
            because=access.because(role, commands, table),
            fix=_fix(table, policy, context),
        )


def _writers(table: Table, policy: Policy, command: Command, context: Context) -> list[str]:
    """The clients that the policy opens the command to, whoever they are."""
    access = context.access
    if policy.command not in ("ALL", command):
        return []
    says = access.predicate(policy, "check" if command == "INSERT" else "using", table)
    if says is None or says.anon is not True or says.authenticated is not True:
        return []
    found = []
    for role in access.clients:
        permissive, restrictive = access.applying(role, table, command)
        narrowed = any(not _true(access.predicate(p, "using", table)) for p in restrictive)
        if (
            policy in permissive
            and not narrowed
            and access.reach(role, command, table)
            and not access.exempt(role, table)
        ):
            found.append(role)
    return found


def _true(predicate: object) -> bool:
    return predicate is None or getattr(predicate, "authenticated", None) is True


def _rows(commands: tuple[Command, ...]) -> str:
    return "any row into" if commands == ("INSERT",) else "every row of"


def _harmless(table: Table, role: str, context: Context) -> bool:
    """A contact form that nobody reads back; or rows that belong to nobody in particular, put in by somebody known."""
    access = context.access
    reads = any(access.row_filter(r, table, "SELECT").reach not in ("none", "conditional") for r in access.clients)
    owned = access.owner_columns(table) or access.tenant_columns(table)
    return not reads or (not owned and not access.anonymous(role))


def _fix(table: Table, policy: Policy, context: Context) -> Fix:
    owners = context.access.owner_columns(table)
    target = f"alter policy {identifier(policy.name)} on {qualified(table.schema, table.name)}"
    if "service" in policy.name.lower():
        return Fix(
            sql=f"drop policy {identifier(policy.name)} on {qualified(table.schema, table.name)};",
            note="service_role bypasses row level security and needs no policy; this one opens the table to everyone else",
        )
    if not owners:
        return Fix(sql=f"drop policy {identifier(policy.name)} on {qualified(table.schema, table.name)};",
                   note="then say in a new policy which rows a client may write")  # fmt: skip
    mine = f"{identifier(owners[0])} = (select auth.uid())"
    using = f" using ({mine})" if policy.command != "INSERT" else ""
    return Fix(
        sql=f"{target} to authenticated{using} with check ({mine});"
        if policy.command != "DELETE"
        else f"{target} to authenticated{using};"
    )
