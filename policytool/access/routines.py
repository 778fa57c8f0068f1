"""What the body of a routine is made of: its queries, assignments and decisions, and the SQL it makes at run time."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct

from policytool.access.bodies import plpgsql_tree
from policytool.catalog.build.plpgsql.parsing import assigned
from policytool.catalog.model import Function
from policytool.syntax.fragments import parse_expression, parse_query
from policytool.syntax.location import Location
from policytool.syntax.node import kind_of, names
from policytool.syntax.split import split

Node = Mapping[str, Any]
_ASSIGNMENTS = (3, 4, 5)  # parse modes of the right side of an assignment to x, x.y and x.y.z
_DYNAMIC = ("PLpgSQL_stmt_dynexecute", "PLpgSQL_stmt_dynfors")
_ERROR = 21  # the level of RAISE EXCEPTION


class Query(Struct, frozen=True, kw_only=True):
    """A statement of SQL; `into`: the variables that take its result; `returned`: its rows are the routine's own."""

    tree: Node
    into: tuple[str, ...] = ()
    returned: bool = False

    @property
    def kind(self) -> str:
        """SelectStmt, InsertStmt, …"""
        return kind_of(self.tree)[0]


class Assignment(Struct, frozen=True, kw_only=True):
    """A variable, or a field of one, takes a value."""

    name: str
    value: Node


class Dynamic(Struct, frozen=True, kw_only=True):
    """EXECUTE of a text; `line` counts from 1 in the body."""

    text: Node
    line: int
    using: tuple[Node, ...] = ()
    into: tuple[str, ...] = ()
    returned: bool = False


class Body(Struct, frozen=True, kw_only=True):
    """What is in a body, in the order of the text. Not `readable` where some of it could not be understood."""

    variables: Mapping[str, str] = {}  # name → type, the arguments included; of records ""
    queries: tuple[Query, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    conditions: tuple[Node, ...] = ()
    dynamics: tuple[Dynamic, ...] = ()
    returned: tuple[Node, ...] = ()
    raises: bool = False
    readable: bool = True

    @property
    def expressions(self) -> Iterator[Node]:
        """Every tree in it."""
        yield from (q.tree for q in self.queries)
        yield from (a.value for a in self.assignments)
        yield from self.conditions
        yield from self.returned
        for dynamic in self.dynamics:
            yield from (dynamic.text, *dynamic.using)


@functools.lru_cache(maxsize=4096)
def body_of(function: Function) -> Body:
    """What is in the body of a routine in SQL or PL/pgSQL."""
    arguments = {a.name: a.type for a in function.arguments if a.name}
    if function.language == "sql":
        return _of_sql(function, arguments)
    tree = plpgsql_tree(function) if function.language == "plpgsql" else None
    if tree is None:
        return Body(variables=arguments, readable=False)
    found = _Reader()
    found.declarations(tree.get("datums", ()))
    found.statement(tree["action"])
    return Body(
        variables={**found.variables, **arguments},
        queries=tuple(found.queries),
        assignments=tuple(found.assignments),
        conditions=tuple(found.conditions),
        dynamics=tuple(found.dynamics),
        returned=tuple(found.returned),
        raises=found.raises,
        readable=found.readable,
    )


def place_in(function: Function, line: int) -> Location | None:
    """Where a line of a body stands."""
    start, lines = function.body_at, function.body.split("\n")
    if start is None or not 1 <= line <= len(lines):
        return start
    text, number = lines[line - 1], start.line + line - 1
    before = start.column - 1 if line == 1 else 0
    indent = len(text) - len(text.lstrip())
    end = before + len(text.rstrip()) + 1
    return Location(path=start.path, line=number, column=before + indent + 1, end_line=number, end_column=end)


def _of_sql(function: Function, arguments: Mapping[str, str]) -> Body:
    text = function.body.strip()
    if function.atomic and text.startswith("RETURN "):
        value = parse_expression(text.removeprefix("RETURN "))
        return Body(variables=arguments, returned=(value,) if value else (), readable=value is not None)
    if function.atomic:
        text = text.removeprefix("BEGIN ATOMIC ").removesuffix(" END")
    texts = [text[piece.start : piece.end] for piece in split(text)]
    trees = [parse_query(t) for t in texts if t.strip()]
    known = [t for t in trees if t is not None]
    queries = [Query(tree=t, returned=n == len(known) and function.returns != "void") for n, t in enumerate(known, 1)]
    return Body(variables=arguments, queries=tuple(queries), readable=len(known) == len(trees))


@dataclass(slots=True)
class _Reader:
    """Collects what is in the statements of one PL/pgSQL body."""

    variables: dict[str, str] = field(default_factory=dict)
    queries: list[Query] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    conditions: list[Node] = field(default_factory=list)
    dynamics: list[Dynamic] = field(default_factory=list)
    returned: list[Node] = field(default_factory=list)
    raises: bool = False
    readable: bool = True
    _names: dict[int, str] = field(default_factory=dict)

    def declarations(self, datums: list[Node]) -> None:
        """The variables, with their defaults and the queries of cursors."""
        for number, datum in enumerate(datums):
            kind, body = kind_of(datum)
            if kind == "PLpgSQL_recfield":
                self._names[number] = self._names.get(body.get("recparentno", 0), "")
            elif kind != "PLpgSQL_row":
                name = body["refname"]
                self._names[number] = name
                self.variables[name] = body.get("datatype", {}).get("PLpgSQL_type", {}).get("typname", "")
                self._assign(name, body.get("default_val"))
                if "cursor_explicit_expr" in body:
                    self._query(body["cursor_explicit_expr"], (name,))

    def statement(self, statement: Node) -> None:
        """One statement, and those inside it."""
        kind, body = kind_of(statement)
        self._own(kind, body)
        for key in ("body", "then_body", "else_body", "else_stmts", "stmts"):
            self._all(body.get(key, ()))
        for branch in (*body.get("elsif_list", ()), *body.get("case_when_list", ())):
            _, inner = kind_of(branch)
            self._condition(inner.get("cond") or inner.get("expr"))
            self._all(inner.get("stmts", ()))
        for handler in body.get("exceptions", {}).get("PLpgSQL_exception_block", {}).get("exc_list", ()):
            self._all(handler["PLpgSQL_exception"].get("action", ()))

    def _all(self, statements: list[Node]) -> None:
        for statement in statements:
            self.statement(statement)

    def _own(self, kind: str, body: Node) -> None:
        into, returned = self._targets(body), kind == "PLpgSQL_stmt_return_query"
        text = body.get("dynquery") or (body.get("query") if kind in _DYNAMIC else None)
        static = body.get("sqlstmt") or (body.get("query") if kind not in _DYNAMIC else None)
        if text is not None:
            self._dynamic(body, text, into, returned=returned)
        elif static is not None:
            self._query(static, into, returned=returned)
        match kind:
            case "PLpgSQL_stmt_perform" | "PLpgSQL_stmt_call":
                self._query(body["expr"], into)
            case "PLpgSQL_stmt_assign" | "PLpgSQL_stmt_foreach_a":
                self._assign(self._names.get(body.get("varno", 0), ""), body["expr"])
            case "PLpgSQL_stmt_return" | "PLpgSQL_stmt_return_next":
                self._returned(body.get("expr"))
            case "PLpgSQL_stmt_raise":
                self.raises = self.raises or body.get("elog_level") == _ERROR
        self._condition(body.get("cond") or body.get("t_expr"))

    def _targets(self, body: Node) -> tuple[str, ...]:
        kind, target = kind_of(body.get("target") or body.get("var") or {})
        if kind == "PLpgSQL_row":
            return tuple(f["name"].partition(".")[0] for f in target.get("fields", ()))
        return (target["refname"],) if "refname" in target else ()

    def _query(self, expression: Node, into: tuple[str, ...], *, returned: bool = False) -> None:
        tree = parse_query(expression["PLpgSQL_expr"].get("query", ""))
        if tree is None:
            self.readable = False
        else:
            self.queries.append(Query(tree=tree, into=into, returned=returned))

    def _value(self, expression: Node | None, into: tuple[str, ...], *, returned: bool = False) -> Node | None:
        """The tree of an expression; `count(*) FROM t` counts as the query that it is."""
        if expression is None:
            return None
        body = expression["PLpgSQL_expr"]
        text = assigned(body["query"]) if body.get("parseMode") in _ASSIGNMENTS else body.get("query", "")
        value = parse_expression(text)
        if value is None:
            self._query({"PLpgSQL_expr": {"query": f"select {text}"}}, into, returned=returned)
        return value

    def _assign(self, name: str, expression: Node | None) -> None:
        value = self._value(expression, (name,))
        if value is not None:
            self.assignments.append(Assignment(name=name, value=value))

    def _condition(self, expression: Node | None) -> None:
        value = self._value(expression, ("found",))
        if value is not None:
            self.conditions.append(value)

    def _returned(self, expression: Node | None) -> None:
        value = self._value(expression, (), returned=True)
        if value is not None:
            self.returned.append(value)

    def _dynamic(self, body: Node, text: Node, into: tuple[str, ...], *, returned: bool = False) -> None:
        value = self._value(text, ())
        if value is None:
            return
        using = [self._value(p, ()) for p in body.get("params", ())]
        self.dynamics.append(
            Dynamic(
                text=value,
                line=body.get("lineno", 1),
                using=tuple(u for u in using if u is not None),
                into=into,
                returned=returned,
            )
        )


def variable(fields: list[Node], body: Body, function: Function) -> str | None:
    """The variable that a column reference would be in PL/pgSQL: x, function.x, or the record r of r.x."""
    parts = names(fields)
    if len(parts) == 2 and parts[0] == function.name and parts[1] in body.variables:
        return parts[1]
    return parts[0] if parts and len(parts) < 3 and parts[0] in body.variables else None
