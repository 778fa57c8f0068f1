"""Effective privileges: which role has which privilege on what, by which grant (manual, section 5.8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from policytool.catalog.model import Function, Grant, Role, Schema, Sequence, Table, View
from policytool.catalog.objects import Catalog

Relation = Table | View | Sequence
PREDEFINED = {"pg_read_all_data": ("SELECT",), "pg_write_all_data": ("INSERT", "UPDATE", "DELETE")}


class Granted(Protocol):
    """Anything that has an owner and grants."""

    @property
    def owner(self) -> str:
        """The role that owns it."""

    @property
    def grants(self) -> tuple[Grant, ...]:
        """Every privilege on it, spelled out."""


class Privileges:
    """Answers for one catalog. Everything is derived from it, and kept."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._parents: dict[str, list[str]] = {}
        self._settable: dict[str, list[str]] = {}
        for membership in catalog.memberships:
            if membership.inherit:
                self._parents.setdefault(membership.member, []).append(membership.role)
            if membership.set:
                self._settable.setdefault(membership.member, []).append(membership.role)
        self._everywhere: dict[str, frozenset[str]] = {}
        self._uses: dict[tuple[str, str], bool] = {}
        self._closures: dict[str, frozenset[str]] = {}
        self._by_grantee: dict[int, tuple[Granted, Mapping[tuple[str, str], tuple[Grant, ...]]]] = {}

    def closure(self, role: str) -> frozenset[str]:
        """The role, PUBLIC, and every role whose privileges it has by inheriting membership."""
        if role not in self._closures:
            self._closures[role] = self._reachable(role, self._parents) | {"public"}
        return self._closures[role]

    def assumable(self, role: str) -> frozenset[str]:
        """The roles that it can become with SET ROLE, itself included."""
        return self._reachable(role, self._settable)

    def superuser(self, role: str) -> bool:
        """Whether no privilege is ever checked for the role. SUPERUSER is not inherited."""
        found = self._catalog.roles.get(role)
        return found is not None and found.superuser

    def bypasses_rls(self, role: str) -> bool:
        """Superusers and roles with BYPASSRLS, an attribute that is not inherited either."""
        found: Role | None = self._catalog.roles.get(role)
        return found is not None and (found.superuser or found.bypassrls)

    def owns(self, role: str, item: Granted) -> bool:
        """Whether the role has an owner's rights: it is the owner or inherits from it."""
        return item.owner in self.closure(role)

    def grants(self, role: str, privilege: str, item: Granted) -> tuple[Grant, ...]:
        """The grants that give the role the privilege, on the whole or on some columns; () when there is none."""
        table = self._table(item)
        return tuple(g for member in self._ordered(role) for g in table.get((member, privilege), ()))

    def can(self, role: str, privilege: str, item: Granted, column: str | None = None) -> bool:
        """Whether the role has the privilege on the object, or on this column of it, or (no column) on any column.

        An owner's rights are ordinary grants to it: they can be revoked, and are spelled out like any other.
        """
        if self.superuser(role) or (privilege in self._given(role) and isinstance(item, Relation)):
            return True
        grants = self.grants(role, privilege, item)
        if column is None:
            return bool(grants)
        return any(not g.columns or column in g.columns for g in grants)

    def uses(self, role: str, schema: str) -> bool:
        """USAGE on a schema. A schema that is not in the catalog is pg_catalog or the like, open to all."""
        if (role, schema) not in self._uses:
            found: Schema | None = self._catalog.schemas.get(schema)
            self._uses[role, schema] = found is None or bool(self._given(role)) or self.can(role, "USAGE", found)
        return self._uses[role, schema]

    def can_execute(self, role: str, function: Function) -> bool:
        """EXECUTE on a function, and USAGE on its schema."""
        return self.uses(role, function.schema) and self.can(role, "EXECUTE", function)

    def _given(self, role: str) -> frozenset[str]:
        """What pg_read_all_data and pg_write_all_data give on every relation (manual, section 21.5)."""
        if role not in self._everywhere:
            members = self.closure(role) & PREDEFINED.keys()
            self._everywhere[role] = frozenset(p for member in members for p in PREDEFINED[member])
        return self._everywhere[role]

    def _ordered(self, role: str) -> Iterable[str]:
        # The role's own grants are the best evidence, PUBLIC's come last.
        rest = self.closure(role) - {role, "public"}
        return (role, *sorted(rest), *(("public",) if role != "public" else ()))

    def _table(self, item: Granted) -> Mapping[tuple[str, str], tuple[Grant, ...]]:
        known = self._by_grantee.get(id(item))
        if known is not None and known[0] is item:
            return known[1]
        table: dict[tuple[str, str], tuple[Grant, ...]] = {}
        for grant in item.grants:
            key = (grant.grantee, grant.privilege)
            table[key] = (*table.get(key, ()), grant)
        self._by_grantee[id(item)] = (item, table)
        return table

    def _reachable(self, role: str, edges: Mapping[str, list[str]]) -> frozenset[str]:
        seen, todo = {role}, [role]
        while todo:
            for parent in edges.get(todo.pop(), ()):
                if parent not in seen:
                    seen.add(parent)
                    todo.append(parent)
        return frozenset(seen)
