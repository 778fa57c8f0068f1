"""What a finding rests on, as one short hash: when it changes, whoever has accepted the finding should look again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from policytool.catalog.model import Column, Constraint, Function, Policy, Table, View
from policytool.catalog.objects import Catalog
from policytool.finding import Finding, ObjectRef, function_ref


class Evidence:
    """Hashes over what findings on one catalog say and what their objects hold; no place and no name of a file."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._functions: dict[ObjectRef, Function] | None = None

    def of(self, finding: Finding) -> str:
        """The hash: severity, message, and the object's expressions in their canonical form."""
        parts = (finding.severity, finding.message, *self.expressions(finding.object))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]

    def expressions(self, ref: ObjectRef) -> tuple[str, ...]:
        """What an object holds, as Postgres would spell it."""
        return tuple(self._expressions(ref))

    def _expressions(self, ref: ObjectRef) -> Iterator[str]:
        key = (ref.schema or "", ref.table or ref.name)
        if ref.table is not None and (table := self._catalog.tables.get(key)):
            yield from _member(ref, table)
        elif view := self._catalog.views.get(key):
            yield from _view(view)
        elif ref.kind in ("function", "procedure") and (function := self._function(ref)):
            yield from _function(function)

    def _function(self, ref: ObjectRef) -> Function | None:
        if self._functions is None:
            self._functions = {function_ref(f): f for f in self._catalog.functions.values() if f.origin is None}
        return self._functions.get(ref)


def _member(ref: ObjectRef, table: Table) -> Iterator[str]:
    members: tuple[Policy | Column | Constraint, ...] = ()
    match ref.kind:
        case "policy":
            members = table.policies
        case "column":
            members = table.columns
        case "constraint" | "foreign key":
            members = table.constraints
    for member in members:
        if member.name == ref.name:
            yield from _spelled(member)


def _spelled(member: Policy | Column | Constraint) -> Iterator[str]:
    match member:
        case Policy():
            kind = "permissive" if member.permissive else "restrictive"
            yield from (kind, member.command, *sorted(member.roles), member.using or "", member.with_check or "")
        case Column():
            yield from (member.type, member.default or "", member.generated or "")
        case Constraint():
            yield from (member.kind, *member.columns, member.expression or "")


def _view(view: View) -> Iterator[str]:
    yield from (view.definition, str(view.security_invoker), str(view.security_barrier))


def _function(function: Function) -> Iterator[str]:
    yield from (str(function.security_definer), *function.settings, " ".join(function.body.split()))
