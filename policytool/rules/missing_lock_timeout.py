"""A migration waits without limit for a lock, and everybody else waits behind it."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.migrations import file_ref
from policytool.catalog.locks import Lock
from policytool.finding import Finding
from policytool.rule import Context, StatementRule, Step


class MissingLockTimeout(StatementRule):
    """A migration waits without limit for a lock, and everybody else waits behind it."""

    name = "missing-lock-timeout"
    severity = "info"
    concern = "availability"

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """Once for each file that locks a table in use against writes and sets no lock_timeout."""
        steps = context.history.same_file(step)
        if step.ordinal != steps[0].ordinal or any(_sets(s) for s in steps) or _set_for_all(context):
            return
        waiting = [(s, found) for s in steps if (found := _first(s, context)) is not None]
        if waiting:
            first, (table, lock) = waiting[0]
            more = f" in {len(waiting)} statements" if len(waiting) > 1 else ""
            users = "use" if lock is Lock.ACCESS_EXCLUSIVE else "write to"
            yield self.finding(
                file_ref(step),
                f"waits{more} without limit for those who {users} {table}, with all who come after in a queue behind: "
                "set lock_timeout first",
                at=first.statement.location,
            )


def _first(step: Step, context: Context) -> tuple[str, Lock] | None:
    """The first table in use that a statement locks against writes, at least."""
    for kind, key, lock in context.history.locks(step):
        if kind == "tables" and lock >= Lock.SHARE and key[0] != "pg_temp":
            table = context.history.before("tables", key, step)
            if table.origin is None and not context.history.born_in_file("tables", key, step):
                return f"{key[0]}.{key[1]}", lock
    return None


def _sets(step: Step) -> bool:
    """Whether the statement sets lock_timeout, be it by set_config()."""
    if step.statement.kind == "VariableSetStmt":
        return bool(step.statement.node.get("name") == "lock_timeout")
    return step.statement.kind in ("SelectStmt", "DoStmt", "AlterRoleSetStmt", "AlterDatabaseSetStmt") and (
        "lock_timeout" in step.statement.sql
    )


def _set_for_all(context: Context) -> bool:
    """Whether the role that runs migrations has one."""
    role = context.catalog.roles.get("postgres")
    return role is not None and any(setting.startswith("lock_timeout=") for setting in role.settings)
