"""What one catalog lets a role reach: rows, columns, functions."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from policytool.access import Access, Conventions, make_profile
from policytool.access.containment import Alternatives
from policytool.access.updatable import base_table, commands
from policytool.catalog.build.platform import Platform
from policytool.catalog.model import Function, Table, View
from policytool.catalog.objects import Catalog

Item = Table | View | Function


class Reach(Struct, frozen=True, kw_only=True):
    """The rows that a role reaches, as text and as alternatives (None: nothing can be shown of them), and columns."""

    text: str
    rows: Alternatives | None = None
    columns: frozenset[str] | None = None  # None: all


class World:
    """One catalog as roles meet it."""

    def __init__(self, catalog: Catalog, platform: Platform) -> None:
        self.catalog = catalog
        profile = make_profile(catalog, platform.family, exposed_schemas=platform.exposed_schemas or None)
        self.access = Access(catalog, profile, Conventions())

    def reach(self, role: str, item: Item | None, command: str) -> Reach | None:
        """What the role reaches of an item by a command; None where nothing."""
        if item is None or (role != "public" and role not in self.catalog.roles):
            return None
        match item:
            case Function():
                return Reach(text="true", rows=None) if self.access.privileges.can_execute(role, item) else None
            case View():
                return self._view(role, item, command)
        return self._table(role, item, command)

    def _view(self, role: str, view: View, command: str) -> Reach | None:
        if not self.access.reach(role, command, view) or (command != "SELECT" and not self._writable(view, command)):
            return None
        whose = "the caller" if view.security_invoker else view.owner
        return Reach(
            text=f"as {whose}: {' '.join(view.definition.split())}", columns=self._columns(role, view, command)
        )

    def _writable(self, view: View, command: str) -> bool:
        """Whether a write to a view ends anywhere: in a table, or with a trigger or a rule that takes its place."""
        taken = any(command in t.events for t in view.triggers if t.timing == "INSTEAD OF")
        taken = taken or any(rule.event == command for rule in view.rules)
        return taken or (command in commands(view) and base_table(view, self.access) is not None)

    def _table(self, role: str, table: Table, command: str) -> Reach | None:
        found = self.access.row_filter(role, table, command)  # type: ignore[arg-type]
        if found.reach == "none":
            return None
        rows, text = self._rows(role, table, command), found.text
        if command == "UPDATE":
            checked = self.access.row_filter(role, table, "UPDATE", "check")
            text = text if checked.text == text else f"{text}; new rows: {checked.text}"
        return Reach(text=text, rows=rows, columns=self._columns(role, table, command))

    def _rows(self, role: str, table: Table, command: str) -> Alternatives | None:
        return self.access.contained.rows(role, table, command)  # type: ignore[arg-type]

    def new_rows(self, role: str, item: Item | None, command: str) -> Alternatives | None:
        """The rows that an UPDATE may leave."""
        if command != "UPDATE" or not isinstance(item, Table):
            return ()
        return self.access.contained.rows(role, item, "UPDATE", "check")

    def _columns(self, role: str, item: Table | View, command: str) -> frozenset[str] | None:
        if command == "DELETE":
            return None
        held = frozenset(c.name for c in item.columns if self.access.can(role, command, item, c.name))
        return None if len(held) == len(item.columns) else held

    def applying(self, role: str, item: Item | None, command: str) -> Item | None:
        """An item, a table with no more than the policies that bind the role."""
        if not isinstance(item, Table):
            return item
        if not item.rls_enabled or self.access.exempt(role, item):
            return replace(item, policies=())
        permissive, restrictive = self.access.applying(role, item, command)  # type: ignore[arg-type]
        return replace(item, policies=(*permissive, *restrictive))
