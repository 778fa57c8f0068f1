"""Who may do what to which rows, and why."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from policytool.access.because import because
from policytool.access.containment import Containment
from policytool.access.definers import Definers
from policytool.access.guards import Guards
from policytool.access.helpers import Helpers
from policytool.access.predicate import Analyst, Predicate
from policytool.access.privileges import Granted, Privileges
from policytool.access.profile import MANAGED_SCHEMAS, Conventions, Profile, later, make_profile
from policytool.access.recursion import Recursion
from policytool.access.row_filter import COMMANDS, WRITES, Command, RowFilter, RowFilters, Side, expression, side_of
from policytool.access.users import Users
from policytool.catalog.model import Function, Grant, Name, Policy, Sequence, Table, View
from policytool.catalog.objects import Catalog
from policytool.finding import Related

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SIDES: tuple[Side, ...] = ("using", "check")
__all__ = [
    "COMMANDS",
    "MANAGED_SCHEMAS",
    "WRITES",
    "Access",
    "Command",
    "Conventions",
    "Predicate",
    "Profile",
    "RowFilter",
    "Side",
    "expression",
    "make_profile",
    "side_of",
]  # fmt: skip


class Access:
    """Answers about one catalog as its clients meet it. Everything is computed when asked, and kept."""

    def __init__(self, catalog: Catalog, profile: Profile, conventions: Conventions) -> None:
        self.catalog = catalog
        self.profile = profile
        self.conventions = conventions
        self.privileges = Privileges(catalog)
        self.helpers = Helpers(catalog, profile.identity_expressions)
        self.guards = Guards(self.helpers)
        self.analyst = Analyst(self.helpers)
        self.filters = RowFilters(self.privileges, self.analyst, profile.anonymous)
        self.definers = Definers(self)
        self.users = Users(catalog)
        self.recursion = Recursion(self)
        self.contained = Containment(self)

    @functools.cached_property
    def overloads(self) -> Mapping[Name, tuple[Function, ...]]:
        """The functions of each schema and name."""
        found: dict[Name, list[Function]] = {}
        for function in self.catalog.functions.values():
            found.setdefault((function.schema, function.name), []).append(function)
        return {name: tuple(functions) for name, functions in found.items()}

    @property
    def clients(self) -> tuple[str, ...]:
        """The roles that anybody can act as; PUBLIC, the least of them, first."""
        return self.profile.untrusted

    def anonymous(self, role: str) -> bool:
        """Whether one needs no account to act as the role."""
        return role in self.profile.anonymous

    def can(self, role: str, privilege: str, item: Granted, column: str | None = None) -> bool:
        """Whether the role has the privilege, on all or (no column given) any part of the object."""
        return self.privileges.can(role, privilege, item, column)

    def reach(self, role: str, privilege: str, relation: Table | View | Sequence) -> bool:
        """The privilege, and USAGE on the schema: without it the name cannot even be spoken."""
        return self.privileges.uses(role, relation.schema) and self.can(role, privilege, relation)

    def reaching(
        self, privileges: Iterable[str], relation: Table | View, among: Iterable[str] | None = None
    ) -> tuple[str, ...]:
        """The clients that reach the relation with any of the privileges.

        PUBLIC stands for all and is named alone where it has as much as the others.
        """
        wanted = tuple(privileges)
        found = [r for r in (among or self.clients) if any(self.reach(r, p, relation) for p in wanted)]
        return tuple(found)

    def exposed(self, item: Table | View) -> bool:
        """Whether some client reaches rows of it: an exposed schema, and a privilege on rows."""
        return self.profile.exposes(item.schema) and bool(self.reaching(COMMANDS, item))

    def executors(self, function: Function) -> tuple[str, ...]:
        """The clients that can call a function, its schema being exposed or not."""
        return tuple(r for r in self.clients if self.privileges.can_execute(r, function))

    def exempt(self, role: str, table: Table) -> bool:
        """Whether row level security does not bind the role on this table."""
        return self.filters.exempt(role, table)

    def applying(self, role: str, table: Table, command: Command) -> tuple[tuple[Policy, ...], tuple[Policy, ...]]:
        """(permissive, restrictive) policies that apply to the role and the command."""
        return self.filters.applying(role, table, command)

    def predicate(self, policy: Policy, side: Side, table: Table) -> Predicate | None:
        """What a policy's expression for existing or new rows says; None where it grants nothing."""
        return self.filters.says(policy, side, table)

    def row_filter(self, role: str, table: Table, command: Command, side: Side | None = None) -> RowFilter:
        """The rows the role reaches by the command: none without the privilege."""
        if not self.reach(role, command, table):
            return RowFilter(reach="none", text="false")
        return self.filters.row_filter(role, table, command, side)

    def because(self, role: str, privileges: Iterable[str], item: Granted) -> tuple[Related, ...]:
        """By which grants the role has the privileges, one sentence each."""
        grants: list[Grant] = [g for p in privileges for g in self.privileges.grants(role, p, item)]
        return tuple(because(role, grants, item.owner, self.catalog.platform))

    def owner_columns(self, table: Table) -> tuple[str, ...]:
        """Columns that say whose a row is: foreign keys to auth.users, and names that mean it, of a fitting type.

        Who changed or judged a row later is not whose it is.
        """
        keys = {
            c.columns[0]
            for c in table.constraints
            if c.reference is not None
            and (c.reference.schema, c.reference.table) == ("auth", "users")
            and len(c.columns) == 1
            and not later(c.columns[0])
        }
        names = self.conventions.owner_columns
        fitting = (c.name for c in table.columns if c.name in keys or (c.name.lower() in names and _is_key(c.type)))
        return tuple(fitting)

    def bound_columns(self, table: Table) -> tuple[str, ...]:
        """Columns that some policy of the table compares with the person: whose a row is, whatever their names."""
        says = [s for p in table.policies for side in SIDES if (s := self.predicate(p, side, table)) is not None]
        return tuple(sorted({b.column for s in says for b in s.bindings if b.kind == "own" and b.column in s.compared}))

    def tenant_columns(self, table: Table) -> tuple[str, ...]:
        """Columns that say to which tenant a row belongs, by name."""
        names = self.conventions.tenant_columns
        return tuple(c.name for c in table.columns if c.name.lower() in names and _is_key(c.type))


def _is_key(kind: str) -> bool:
    return kind in ("uuid", "text", "integer", "bigint", "unknown") or kind.startswith("character varying")
