"""Policies that open rows by a condition on the row alone, asking nothing of the person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from policytool.access.dropped import dropped
from policytool.access.row_filter import COMMANDS, WRITES, Command, side_of
from policytool.access.triggers import Kept
from policytool.catalog.model import Policy, Table
from policytool.syntax.location import Location

if TYPE_CHECKING:
    from policytool.access import Access

SHARED: tuple[Command, ...] = ("INSERT", "SELECT")  # of rows that are nobody's; to change them is another thing


class Unscoped(Struct, frozen=True, kw_only=True):
    """A role that reaches, by a command, rows that nothing ties to it; and the policy that lets it."""

    role: str
    command: Command
    policy: Policy

    @property
    def place(self) -> Location | None:
        """Where the expression stands."""
        found = self.policy.with_check_at if self.command == "INSERT" else self.policy.using_at
        return found or self.policy.using_at or self.policy.made


def unscoped(table: Table, columns: Iterable[str], access: Access) -> Iterator[Unscoped]:
    """Each command, for the most capable client, with the policies at fault: they do not ask for these columns.

    What is always true has rules of its own, and so have writes that an anonymous visitor can make, and a WITH CHECK
    that forgets what USING asks. Columns that a trigger sets or guards need no policy to ask for them.
    """
    for command in COMMANDS:
        for role in reversed(access.clients):
            found = access.row_filter(role, table, command)
            if found.reach != "conditional":
                continue
            if found.open and command in WRITES and _kept(table, columns, command, access):
                break
            for policy in found.open:
                seen = command in WRITES and anonymous_writer(policy, table, command, access)
                seen = seen or (command == "INSERT" and dropped(policy, table, access) is not None)
                if not seen and not (command in SHARED and of_nobody(policy, table, access, command=command)):
                    yield Unscoped(
                        role=_anybody(policy, table, command, access) or role, command=command, policy=policy
                    )
            break


def _anybody(policy: Policy, table: Table, command: Command, access: Access) -> str | None:
    """The client without an account that a policy opens rows to as well."""
    visitors = (r for r in access.clients if access.anonymous(r))
    return next((r for r in visitors if policy in access.row_filter(r, table, command).open), None)


def _kept(table: Table, columns: Iterable[str], command: Command, access: Access) -> bool:
    """Whether triggers see to what policies do not: that new rows are the caller's, or that only such rows change."""
    kept = Kept(table, command, access)
    return bool((kept.new if command == "INSERT" else kept.old).intersection(columns))


def of_nobody(
    policy: Policy, table: Table, access: Access, *, command: Command = "INSERT", anonymous: bool = False
) -> bool:
    """Whether the rows that a policy lets just anybody insert (or read) are nobody's: owner or tenant must be NULL."""
    says = access.predicate(policy, side_of(command), table)
    columns = (*access.bound_columns(table), *access.owner_columns(table), *access.tenant_columns(table))
    return says is not None and says.scoped(anonymous=anonymous, or_empty=columns)


def lack(policy: Policy, table: Table, column: str, access: Access) -> str:
    """That a policy does not ask for a column, or only in some of its branches."""
    sides = (access.predicate(policy, side_of(c), table) for c in SHARED)
    asks = any(b.column == column for says in sides if says is not None for b in says.bindings)
    return f"lets by some without asking for {column}" if asks else f"does not ask for {column}"


def anonymous_writer(policy: Policy, table: Table, command: Command, access: Access) -> bool:
    """Whether somebody without an account passes by this policy with a write that not every row allows."""
    found = (access.row_filter(r, table, command) for r in access.clients if access.anonymous(r))
    return any(f.reach == "conditional" and policy in f.open for f in found)


def opened(policy: Policy, table: Table, command: Command, access: Access) -> tuple[str, ...]:
    """The clients whom a permissive policy opens a command to for every row, whoever they are; widest last.

    Not those for whom a restrictive policy narrows it.
    """
    if not policy.permissive or not table.rls_enabled or policy.command not in ("ALL", command):
        return ()
    says = access.predicate(policy, "check" if command == "INSERT" else "using", table)
    if says is None or says.anon is not True or says.authenticated is not True:
        return ()
    return tuple(
        role
        for role in access.clients
        if policy in access.applying(role, table, command)[0]
        and not access.exempt(role, table)
        and access.row_filter(role, table, command).reach == "all"
    )
