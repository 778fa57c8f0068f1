"""Arguments of routines that say whose rows are meant, and what the body does with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from policytool.access.branches import operator_of
from policytool.access.routines import Body, Query, body_of, variable
from policytool.access.row_filter import Command
from policytool.catalog.model import Argument, Function, Table
from policytool.syntax.node import kind_of, names, range_var, unwrapped, walk

if TYPE_CHECKING:
    from policytool.access import Access

Node = Mapping[str, Any]
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_PREFIXES = frozenset({"p", "in", "arg", "param", "v", "i", "input", "the", "a", "par"})
_PEOPLE = frozenset({"userid", "uid", "ownerid", "profileid", "authorid", "accountid", "orgid", "tenantid"})
_EXTRA = frozenset({("user",), ("user", "uuid"), ("auth", "user", "id"), ("customer", "user", "id")})
_COMMANDS: Mapping[str, Command] = {
    "InsertStmt": "INSERT", "UpdateStmt": "UPDATE", "DeleteStmt": "DELETE",
}  # fmt: skip


class Use(Struct, frozen=True, kw_only=True):
    """An argument decides which rows of a table are read or written, or whose a new row is."""

    argument: str
    table: Table
    column: str
    command: Command


def naming(function: Function, access: Access) -> list[Argument]:
    """The arguments that name a person or a tenant."""
    conventions = access.conventions
    wanted = {tuple(c.split("_")) for c in conventions.owner_columns | conventions.tenant_columns} | _EXTRA
    return [
        a
        for a in function.arguments
        if a.mode in ("IN", "INOUT") and a.name and _is_key(a.type) and _names_one(a.name, wanted)
    ]


def words(name: str) -> list[str]:
    """The words of a name: of p_user_id, of pUserId."""
    return [w.lower() for w in _WORD.findall(name)]


def _names_one(name: str, wanted: set[tuple[str, ...]]) -> bool:
    found = words(name)
    while len(found) > 1 and found[0] in _PREFIXES:
        found = found[1:]
    return any(tuple(found[-n:]) in wanted for n in (1, 2, 3)) or bool(found and found[-1] in _PEOPLE)


def _is_key(kind: str) -> bool:
    return kind in ("uuid", "text", "integer", "bigint") or kind.startswith("character varying")


def uses(function: Function, argument: Argument, access: Access) -> Iterator[Use]:
    """Where the argument is compared with a column, or written into one."""
    body = body_of(function)
    carriers = _carriers(argument.name or "", body, function)
    for query in body.queries:
        yield from _Reading(query, carriers, body, function, access).uses(argument.name or "")


def _carriers(name: str, body: Body, function: Function) -> frozenset[str]:
    """The variables that hold the argument: itself and what it is assigned to."""
    found, before = {name}, 0
    while before != len(found):
        before = len(found)
        for assignment in body.assignments:
            if _carried(assignment.value, found, body, function):
                found.add(assignment.name)
    return frozenset(found)


def _carried(node: Node, carriers: set[str] | frozenset[str], body: Body, function: Function) -> bool:
    inner = unwrapped(node)
    kind, content = kind_of(inner)
    if kind == "CoalesceExpr":
        return _carried(content["args"][0], carriers, body, function)
    if kind == "ParamRef":
        inputs = [a.name for a in function.arguments if a.mode in ("IN", "INOUT", "VARIADIC")]
        number = content.get("number", 0)
        return 0 < number <= len(inputs) and inputs[number - 1] in carriers
    return kind == "ColumnRef" and variable(content.get("fields", []), body, function) in carriers


class _Reading:
    """One query, its tables and what is compared in it."""

    def __init__(self, query: Query, carriers: frozenset[str], body: Body, function: Function, access: Access) -> None:
        self._query, self._carriers, self._body, self._function = query, carriers, body, function
        self._guard = access.guards.of(function)
        self._tables: dict[str, Table] = {}
        for kind, node in walk(query.tree):
            if kind == "RangeVar":
                self._add(node, access)
            elif kind in ("InsertStmt", "UpdateStmt", "DeleteStmt") and "relation" in node:
                self._add(node["relation"], access)

    def _add(self, node: Node, access: Access) -> None:
        schema, name = range_var(node)
        found = access.helpers.relation(schema, name)
        if isinstance(found, Table):
            self._tables.setdefault(node.get("alias", {}).get("aliasname") or name, found)

    def uses(self, argument: str) -> Iterator[Use]:
        """The uses of the argument in this query, and in the statements inside it."""
        for kind, node in walk(self._query.tree):
            if kind in ("InsertStmt", "UpdateStmt", "DeleteStmt"):
                yield from self._changed(kind, node, argument)
        for table, column in self._compared(self._query.tree):
            yield Use(argument=argument, table=table, column=column, command="SELECT")

    def _changed(self, kind: str, node: Node, argument: str) -> Iterator[Use]:
        relation = node.get("relation", {})
        target = self._tables.get(relation.get("alias", {}).get("aliasname") or relation.get("relname", ""))
        if target is None:
            return
        values = list(written(kind, node, target))
        # A row that also says who made it may well name somebody else.
        named = kind == "InsertStmt" and any(self._guard.asks(value) for _, value in values)
        for column, value in () if named else values:
            if _carried(value, self._carriers, self._body, self._function):
                yield Use(argument=argument, table=target, column=column, command=_COMMANDS[kind])
        for table, column in self._compared(node.get("whereClause", {})):
            if table is target and kind != "InsertStmt":
                yield Use(argument=argument, table=table, column=column, command=_COMMANDS[kind])

    def _compared(self, tree: Node) -> Iterator[tuple[Table, str]]:
        for kind, node in walk(tree):
            if kind != "A_Expr" or operator_of(node) != "=":
                continue
            left, right = node.get("lexpr", {}), node.get("rexpr", {})
            for side, other in ((left, right), (right, left)):
                if isinstance(other, dict) and _carried(other, self._carriers, self._body, self._function):
                    found = self._column(side)
                    if found is not None:
                        yield found

    def _column(self, node: Node) -> tuple[Table, str] | None:
        parts = names(unwrapped(node).get("ColumnRef", {}).get("fields"))
        if not parts:
            return None
        candidates = [self._tables[parts[-2]]] if len(parts) > 1 and parts[-2] in self._tables else []
        for table in candidates or (self._tables.values() if len(parts) == 1 else ()):
            if any(c.name == parts[-1] for c in table.columns):
                return table, parts[-1]
        return None


def written(kind: str, node: Node, table: Table) -> Iterator[tuple[str, Node]]:
    """Each column with the value that a statement gives it."""
    if kind == "DeleteStmt":
        return
    if kind == "UpdateStmt":
        for target in node.get("targetList", ()):
            yield target["ResTarget"].get("name", ""), target["ResTarget"].get("val", {})
        return
    columns = [c["ResTarget"]["name"] for c in node.get("cols", ())] or [c.name for c in table.columns]
    select = node.get("selectStmt", {}).get("SelectStmt", {})
    for row in select.get("valuesLists", ()):
        yield from zip(columns, row["List"]["items"], strict=False)
    targets = [t["ResTarget"].get("val", {}) for t in select.get("targetList", ())]
    yield from zip(columns, targets, strict=False)
