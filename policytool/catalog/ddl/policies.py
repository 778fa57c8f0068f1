"""Row level security and its policies."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.catalog.ddl import words
from policytool.catalog.ddl.step import Phase, Step, step
from policytool.catalog.model import Policy, Table
from policytool.catalog.spelling import identifier, qualified


def create(table: Table, policy: Policy) -> str:
    """CREATE POLICY."""
    text = f"create policy {identifier(policy.name)} on {qualified(table.schema, table.name)}"
    text += "" if policy.permissive else " as restrictive"
    text += f" for {policy.command.lower()} to {words.listed(policy.roles)}"
    if policy.using is not None:
        text += f"\n  using ({policy.using})"
    if policy.with_check is not None:
        text += f"\n  with check ({policy.with_check})"
    return text


def drop(table: Table, policy: Policy) -> str:
    """DROP POLICY."""
    return f"drop policy {identifier(policy.name)} on {qualified(table.schema, table.name)}"


def security(table: Table, *, enabled: bool, forced: bool) -> Iterator[str]:
    """What turns row level security from these states into those of the table."""
    head = f"alter table {qualified(table.schema, table.name)}"
    if table.rls_enabled != enabled:
        yield f"{head} {'enable' if table.rls_enabled else 'disable'} row level security"
    if table.rls_forced != forced:
        yield f"{head} {'force' if table.rls_forced else 'no force'} row level security"


def security_step(table: Table, *, enabled: bool = False, forced: bool = False) -> Iterator[Step]:
    """The states of row level security, where they are not these."""
    sql = list(security(table, enabled=enabled, forced=forced))
    if sql:
        yield step(Phase.SECURITY, ("security", table.schema, table.name), *sql, schema=table.schema)


def policy_step(table: Table, policy: Policy, *before: str) -> Step:
    """One policy."""
    key = ("policy", table.schema, table.name, policy.name)
    return step(Phase.POLICIES, key, *before, create(table, policy), schema=table.schema)
