"""A finding: what is wrong with which object, where, because of what, and the SQL that mends it."""

from __future__ import annotations

import hashlib
from typing import Literal

from msgspec import Struct

from policytool.catalog.model import Function, Schema, Sequence, Table, View
from policytool.catalog.spelling import identifier
from policytool.syntax.location import Location

Severity = Literal["error", "warning", "info"]
Confidence = Literal["high", "medium", "low"]
Persona = Literal["everyone", "auditor"]
Concern = Literal["security", "correctness", "availability", "performance"]
CONCERNS: tuple[Concern, ...] = ("security", "correctness", "availability", "performance")
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


def lowered(severity: Severity) -> Severity:
    """One level less, for what no client can reach today."""
    return "warning" if severity == "error" else "info"


class ObjectRef(Struct, frozen=True, kw_only=True):
    """What a finding is about. `table` is set for what belongs to one: a policy, column, constraint, index, trigger."""

    kind: str
    schema: str | None = None
    name: str
    table: str | None = None

    @property
    def identity(self) -> str:
        """One line that names it for ever: `policy shop.orders."own rows"`."""
        parts = (self.schema, self.table, *((self.name,) if self.kind != "function" else ()))
        names = [identifier(p) for p in parts if p is not None]
        if self.kind == "function":  # the name of a function carries its argument types and is already spelled
            names.append(self.name)
        return f"{self.kind} {'.'.join(names)}"


class Related(Struct, frozen=True, kw_only=True):
    """A place that explains a finding: the grant, the policy, the default that lets it happen."""

    message: str
    location: Location | None = None


class Fix(Struct, frozen=True, kw_only=True):
    """SQL that removes the finding. Unsafe: it may stop a client from reading or writing what it does today."""

    sql: str
    safety: Literal["safe", "unsafe"] = "unsafe"
    note: str | None = None


class Finding(Struct, frozen=True, kw_only=True):
    """What one rule says about one object."""

    rule: str
    severity: Severity
    confidence: Confidence = "high"
    concern: Concern = "security"
    message: str
    object: ObjectRef
    location: Location | None = None
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    key: str = ""  # tells findings of one rule on one object apart: a column, a statement; never a line

    @property
    def identity(self) -> str:
        """The object's identity, with the key where there is one."""
        return self.object.identity

    @property
    def fingerprint(self) -> str:
        """Stable across edits and sources: rule, object and key, never a line."""
        text = "\0".join((self.rule, self.object.identity, self.key))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def table_ref(table: Table) -> ObjectRef:
    """The reference to a table."""
    return ObjectRef(kind="table", schema=table.schema, name=table.name)


def view_ref(view: View) -> ObjectRef:
    """The reference to a view."""
    kind = "materialized view" if view.materialized else "view"
    return ObjectRef(kind=kind, schema=view.schema, name=view.name)


def function_ref(function: Function) -> ObjectRef:
    """The reference to a function, by its argument types."""
    _, name, types = function.signature
    return ObjectRef(kind=function.kind, schema=function.schema, name=f"{identifier(name)}({', '.join(types)})")


def member_ref(kind: str, table: Table, name: str) -> ObjectRef:
    """The reference to a policy, column, constraint, index or trigger of a table."""
    return ObjectRef(kind=kind, schema=table.schema, table=table.name, name=name)


def schema_ref(name: str) -> ObjectRef:
    """The reference to a schema."""
    return ObjectRef(kind="schema", name=name)


def role_ref(name: str) -> ObjectRef:
    """The reference to a role."""
    return ObjectRef(kind="role", name=name)


def ref_of(item: Table | View | Function | Sequence | Schema) -> ObjectRef:
    """The reference to whatever has grants and an owner."""
    match item:
        case Table():
            return table_ref(item)
        case View():
            return view_ref(item)
        case Function():
            return function_ref(item)
        case Schema():
            return schema_ref(item.name)
    return ObjectRef(kind="sequence", schema=item.schema, name=item.name)
