"""Policies that end every query with an error: what they read themselves, the role that asks may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from policytool.access.row_filter import Command, Side, expression
from policytool.catalog.expression.references import references
from policytool.catalog.model import Policy, Table, View

if TYPE_CHECKING:
    from policytool.access import Access

_DEPTH = 4  # tables whose policies read tables


class Refused(Struct, frozen=True, kw_only=True):
    """A policy, and what it reads or calls without the privilege."""

    policy: Policy
    what: str


def refused(role: str, table: Table, command: Command, access: Access, depth: int = 0) -> Refused | None:
    """The first policy that binds the role and reads what it may not.

    The privileges for the tables and functions of a policy's expression are the caller's, and are checked before any
    row is looked at. Schemas are not asked for, since the expression is stored by what it means.
    """
    if not table.rls_enabled or access.exempt(role, table) or depth > _DEPTH:
        return None
    permissive, restrictive = access.applying(role, table, command)
    sides: tuple[Side, ...] = ("check",) if command == "INSERT" else ("using",)
    sides = ("using", "check") if command == "UPDATE" else sides
    for side in sides:
        # Where one lets everything through, the planner throws the others away and never looks at what they read.
        asked = () if any(_everything(expression(p, side)) for p in permissive) else permissive
        for policy in (*asked, *restrictive):
            text = expression(policy, side) or ""
            what = _missing(role, text, access) or _behind(role, text, access, depth) if text else ""
            if what:
                return Refused(policy=policy, what=what)
    return None


def _everything(text: str | None) -> bool:
    return text is not None and text.strip("() ").lower() == "true"


def _missing(role: str, text: str, access: Access) -> str:
    """A relation, a column or a function of an expression that the role has no privilege for."""
    found = references(text)
    for name in sorted(found.tables):
        relation = _relation(access, *name)
        if relation is None:
            continue
        if not access.can(role, "SELECT", relation):
            return f"{name[0]}.{name[1]}"
        for schema, table, column in sorted(found.columns):
            known = (schema, table) == name and any(c.name == column for c in relation.columns)
            if known and not access.can(role, "SELECT", relation, column):
                return f"{name[0]}.{name[1]}.{column}"
    for name in sorted(found.functions):
        overloads = access.overloads.get(name, ())
        if overloads and not any(access.can(role, "EXECUTE", function) for function in overloads):
            return f"{name[0]}.{name[1]}()"
    return ""


def _behind(role: str, text: str, access: Access, depth: int) -> str:
    """What the policies of the tables that it reads, read in turn."""
    for name in sorted(references(text).tables):
        inner = access.catalog.tables.get(name)
        found = refused(role, inner, "SELECT", access, depth + 1) if inner is not None else None
        if found is not None:
            return found.what
    return ""


def _relation(access: Access, schema: str, name: str) -> Table | View | None:
    return access.catalog.tables.get((schema, name)) or access.catalog.views.get((schema, name))
