"""What a trigger on auth.users writes of what a person says of themselves when they sign up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from policytool.access.arguments import words, written
from policytool.access.branches import operator_of
from policytool.access.routines import Body, body_of
from policytool.catalog.model import Column, Function, Table
from policytool.syntax.fragments import parse_expression
from policytool.syntax.node import kind_of, names, range_var, string_of, unwrapped, walk

if TYPE_CHECKING:
    from policytool.access import Access

Node = Mapping[str, Any]
METADATA = "raw_user_meta_data"
# Columns that decide what somebody may do or has paid for, and among those the ones where it is the value that counts.
_POWERS = re.compile(
    r"(is_|has_)?(admin|super_?admin|super_?user|staff|moderator|verified|approved|premium|banned)"
    r"|(user_|app_|account_|member_)?(role|roles|permissions?)|plan|tier|subscription_(status|tier|plan)|credits?|balance"
    r"|quota|stripe_.*|email_verified"
)
_NAMED = re.compile(r".*roles?|.*permissions?")
_HIGH = frozenset({"owner", "staff", "moderator", "root", "manager", "superuser", "superadmin", "support", "super"})
_WRITES = ("InsertStmt", "UpdateStmt")


class Taken(Struct, frozen=True, kw_only=True):
    """A column that gets what the person says; `key` of the metadata, where it is plain."""

    table: Table
    column: str
    key: str


def taken(function: Function, access: Access) -> Iterator[Taken]:
    """The columns of power that a trigger function on auth.users fills from raw_user_meta_data."""
    body = body_of(function)
    flow = _Flow(body)
    for query in body.queries:
        for kind, node in walk(query.tree):
            if kind not in _WRITES or "relation" not in node:
                continue
            table = access.helpers.relation(*range_var(node["relation"]))
            if not isinstance(table, Table):
                continue
            for name, value in written(kind, node, table):
                column = next((c for c in table.columns if c.name == name), None)
                key = flow.key(value) if column is not None and _POWERS.fullmatch(name.lower()) else None
                if column is not None and key is not None and _high(allowed(column, table, access), name):
                    yield Taken(table=table, column=name, key=key)


def allowed(column: Column, table: Table, access: Access) -> tuple[str, ...] | None:
    """The values that a column can hold: the labels of its type, or the list in a CHECK; None where it is any."""
    for enum in access.catalog.enums.values():
        if column.type in (enum.name, f"{enum.schema}.{enum.name}"):
            return enum.labels
    for constraint in table.constraints:
        if constraint.kind == "CHECK" and constraint.columns == (column.name,) and constraint.expression:
            found = [s for s in _strings(parse_expression(constraint.expression) or {}) if s]
            if found:
                return tuple(found)
    return None


def _high(values: Iterable[str] | None, column: str) -> bool:
    """Whether some value gives power. Of a plan, a balance or a flag any does."""
    if values is None or not _NAMED.fullmatch(column.lower()):
        return True
    return any("admin" in v.lower() or _HIGH & set(words(v)) for v in values)


def _strings(node: Node) -> Iterator[str]:
    for kind, body in walk(node):
        if kind == "A_Const":
            text = string_of({kind: body})
            if text is not None:
                yield text


class _Flow:
    """Follows metadata through the values of one body."""

    def __init__(self, body: Body) -> None:
        self._values: dict[str, list[Node]] = {}
        for assignment in body.assignments:
            self._values.setdefault(assignment.name, []).append(assignment.value)
        for query in body.queries:
            select = query.tree.get("SelectStmt", {})
            targets = [t.get("ResTarget", {}).get("val", {}) for t in select.get("targetList", ())]
            for name, value in zip(query.into, targets, strict=False):
                self._values.setdefault(name, []).append(value)
        self._conditions = body.conditions
        self._open: set[str] = set()

    def key(self, node: Node) -> str | None:
        """The key of the metadata that a value comes from, nothing in between having held it against a list."""
        kind, body = kind_of(unwrapped(node))
        match kind:
            case "A_Expr" if operator_of(body) in ("->", "->>", "#>", "#>>"):
                inner = self.key(body.get("lexpr", {}))
                return None if inner is None else string_of(body.get("rexpr", {})) or inner
            case "A_Expr" if body.get("kind") == "AEXPR_NULLIF":
                return self.key(body.get("lexpr", {}))
            case "CoalesceExpr":
                return self._first(body.get("args", ()))
            case "FuncCall":
                return self._first(body.get("args", ()))
            case "CaseExpr":
                return self._of_case(body)
            case "ColumnRef":
                return self._of_name(names(body.get("fields")))
        return None

    def _first(self, nodes: Iterable[Node]) -> str | None:
        return next((k for n in nodes if (k := self.key(n)) is not None), None)

    def _of_name(self, parts: tuple[str, ...]) -> str | None:
        if parts[-1:] == (METADATA,):
            return METADATA
        name = parts[0] if len(parts) == 1 else ""
        if name in self._open or name not in self._values or self._checked(name):
            return None
        self._open.add(name)
        found = self._first(self._values[name])
        self._open.discard(name)
        return found

    def _of_case(self, body: Node) -> str | None:
        """Values chosen by what the metadata says: harmless ones are a list that is kept to."""
        for when in body.get("args", ()):
            test, result = when["CaseWhen"].get("expr", {}), when["CaseWhen"].get("result", {})
            subject = body.get("arg", {})
            asked = self._mentioned(subject) or self._mentioned(test)
            constant = string_of(result)
            if asked is not None and constant is not None and _high([constant], "role"):
                return asked
            listed = list(_strings(test))
            found = self.key(result)
            if found is not None and (not listed or _high(listed, "role")):
                return found
        return self.key(body["defresult"]) if "defresult" in body else None

    def _mentioned(self, node: Node) -> str | None:
        found = (self.key({k: b}) for k, b in walk(node) if k in ("A_Expr", "ColumnRef"))
        return next((k for k in found if k is not None), None)

    def _checked(self, name: str) -> bool:
        """Whether a condition holds the variable against values that give no power."""
        for condition in self._conditions:
            for kind, body in walk(condition):
                if kind != "A_Expr" or not any(
                    k == "ColumnRef" and names(b.get("fields")) == (name,) for k, b in walk(body.get("lexpr", {}))
                ):
                    continue
                listed = (
                    [s for s in _strings(body.get("rexpr", {})) if s] if isinstance(body.get("rexpr"), dict) else []
                )
                several = body.get("kind") in ("AEXPR_IN", "AEXPR_OP_ANY", "AEXPR_OP_ALL")
                if listed and not (several and _high(listed, "role")):
                    return True
        return False
