"""Small questions about one policy: its clauses with their places, whom it meets, and the SQL that changes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from policytool.access.row_filter import COMMANDS, Command
from policytool.catalog.model import Policy, Table
from policytool.catalog.spelling import identifier, qualified
from policytool.syntax.location import Location

if TYPE_CHECKING:
    from policytool.access import Access


class Clause(Struct, frozen=True, kw_only=True):
    """USING or WITH CHECK of a policy, as written there."""

    name: str  # "using" or "with check"
    text: str
    at: Location | None


def clauses(policy: Policy) -> Iterator[Clause]:
    """The clauses that a policy has."""
    if policy.using is not None:
        yield Clause(name="using", text=policy.using, at=policy.using_at or policy.made)
    if policy.with_check is not None:
        yield Clause(name="with check", text=policy.with_check, at=policy.with_check_at or policy.made)


def commands_of(policy: Policy) -> tuple[Command, ...]:
    """The commands that a policy is for."""
    return COMMANDS if policy.command == "ALL" else (policy.command,)


def met_by(policy: Policy, table: Table, access: Access) -> tuple[str, ...]:
    """The clients that the policy binds in a command that they hold; none while row level security is off."""
    if not table.rls_enabled or not access.profile.exposes(table.schema):
        return ()
    return access.analyst.kept(policy, "met", lambda: tuple(_met_by(policy, table, access)))


def _met_by(policy: Policy, table: Table, access: Access) -> Iterator[str]:
    commands = commands_of(policy)
    for role in access.clients:
        named = access.privileges.closure(role).intersection(policy.roles)
        if named and any(access.reach(role, c, table) for c in commands) and not access.exempt(role, table):
            yield role


def bound_roles(policy: Policy, table: Table, access: Access) -> tuple[str, ...]:
    """The roles that it binds: clients that meet it, then those that it names."""
    others = (r for r in policy.roles if (r == "public" or r in access.catalog.roles) and not access.exempt(r, table))
    return tuple(dict.fromkeys((*met_by(policy, table, access), *others)))


def named(policy: Policy, table: Table) -> str:
    """The policy as messages name it."""
    return f'policy "{policy.name}" on {table.schema}.{table.name}'


def target(policy: Policy, table: Table) -> str:
    """The policy as SQL names it."""
    return f"policy {identifier(policy.name)} on {qualified(table.schema, table.name)}"


def altered(policy: Policy, table: Table, **clauses: str | None) -> str:
    """ALTER POLICY with some clauses anew, given as `using` and `with_check`; None leaves one as it is."""
    changed = "".join(
        f"\n  {name.replace('_', ' ')} ({text})" for name, text in clauses.items() if text is not None
    )  # fmt: skip
    return f"alter {target(policy, table)}{changed};"
