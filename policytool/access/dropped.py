"""Policies whose WITH CHECK forgets what USING demands: rows that one may change can be made anybody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from policytool.access.predicate import Predicate
from policytool.access.row_filter import Command
from policytool.access.triggers import Kept
from policytool.catalog.model import Policy, Table

if TYPE_CHECKING:
    from policytool.access import Access

WRITING: tuple[Command, ...] = ("INSERT", "UPDATE")

SERVICE = frozenset({"owner", "owner_id"})  # of files: set by the storage service, through which alone one comes there


class Dropped(Struct, frozen=True, kw_only=True):
    """What a client can do by it: which commands give which columns any value.

    `stays`: the rows made so are still the person's in another way. `seen`: the policies for SELECT let the new row
    pass, so that an UPDATE which says by a column what it changes goes through.
    """

    role: str
    commands: tuple[Command, ...]
    columns: tuple[str, ...]
    tenant: bool
    stays: bool
    seen: bool


def dropped(policy: Policy, table: Table, access: Access) -> Dropped | None:
    """What the WITH CHECK of a permissive policy for UPDATE or ALL leaves out, for the first client that it lets by."""
    if not policy.permissive or policy.command not in ("UPDATE", "ALL") or policy.with_check is None:
        return None
    using, check = access.predicate(policy, "using", table), access.predicate(policy, "check", table)
    if using is None or check is None or not check.holds(anonymous=False) or check.branches is None:
        return None
    stays = check.scoped()
    columns = _left_out(using, check, table, access)
    if not columns or not using.scoped():
        return None
    for role in reversed(access.clients):
        lets = [c for c in WRITING if _lets(policy, c, role, table, stays, access)]
        ways = {c: _free(c, columns, role, table, access) for c in lets}
        commands = tuple(c for c, free in ways.items() if free)
        if commands:
            found = tuple(c for c in columns if any(c in free for free in ways.values()))
            tenant = not any(b.kind == "own" for b in using.bindings if b.column in found)
            seen = any(_admits(column, role, table, access) for column in found)
            return Dropped(role=role, commands=commands, columns=found, tenant=tenant, stays=stays, seen=seen)
    return None


def _left_out(using: Predicate, check: Predicate, table: Table, access: Access) -> tuple[str, ...]:
    """The columns that USING ties to the person and WITH CHECK does not."""
    if not check.scoped():
        return tuple(sorted(using.ties[1] - check.bound()))
    if not check.bound():
        return ()  # it asks for somebody special
    # Rows may be handed on within a tenant; one's own may not be put into another tenant.
    tenants = set(access.tenant_columns(table)) & using.bound()
    return tuple(sorted(tenants - check.bound())) if not check.bound("tenant") else ()


def _lets(policy: Policy, command: Command, role: str, table: Table, stays: bool, access: Access) -> bool:
    """Whether a role writes new rows by this policy, and nothing else asks of them whose they are."""
    if policy.command not in ("ALL", command) or access.row_filter(role, table, command).reach == "none":
        return False
    new = access.row_filter(role, table, command, "check")
    return policy in new.permissive and not new.restrictive if stays else policy in new.open


def _free(command: Command, columns: tuple[str, ...], role: str, table: Table, access: Access) -> frozenset[str]:
    """Those of the columns that the role can put a value of its choice into."""
    kept = Kept(table, command, access).new
    fixed = {c.name for c in table.columns if c.generated is not None or c.identity == "ALWAYS"}
    fixed |= SERVICE if (table.schema, table.name) == ("storage", "objects") else set()
    return frozenset(c for c in columns if c not in kept | fixed and access.can(role, command, table, c))


def _admits(column: str, role: str, table: Table, access: Access) -> bool:
    """Whether the role reads rows that another has in this column."""
    found = access.row_filter(role, table, "SELECT")
    return found.reach == "all" or bool(found.open) or (found.reach != "none" and column not in found.columns)
