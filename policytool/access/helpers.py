"""Looks into the functions that policies call: `is_member(org_id)` stands for the expression in its body."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policytool.access.claims import claim_path, current_role, setting_name
from policytool.access.profile import MANAGED_SCHEMAS
from policytool.access.rowmark import relations, rewrite
from policytool.access.simple_bodies import body_expression
from policytool.catalog.model import Argument, Function, Signature, Table, View
from policytool.catalog.objects import Catalog
from policytool.syntax.fragments import parse_expression, parse_query
from policytool.syntax.node import kind_of, names, walk

Node = Mapping[str, Any]
MAX_DEPTH = 4
_WORD = re.compile(r"\w+")
_PLAIN_SCHEMAS = MANAGED_SCHEMAS - {"auth", "storage", "realtime"}  # what extensions bring asks nobody who they are
_DEPTH = "inline_depth"  # put into the calls of a body that was looked into, so that looking ends
_TELLTALES = ("auth.uid", "auth.jwt", "auth.email", "auth.role", "request.jwt", "current_user", "current_setting")


class Helpers:
    """The user's functions of one catalog, as expressions where their bodies are that simple."""

    def __init__(self, catalog: Catalog, identity_expressions: tuple[str, ...] = ()) -> None:
        self._catalog = catalog
        self._by_name: dict[str, list[Function]] = {}
        for function in catalog.functions.values():
            if function.origin is None:
                self._by_name.setdefault(function.name, []).append(function)
        self._known = frozenset((f.schema, f.name) for f in catalog.functions.values())
        self._bodies: dict[Signature, Node | None] = {}
        self._asks: dict[Signature, bool] = {}
        self._mentions: dict[str, bool] = {}
        called = (_called(parse_expression(text) or {}) for text in identity_expressions)
        self._identities = frozenset(name for name in called if name is not None)

    def find(self, call: Node) -> Function | None:
        """The function that a FuncCall body means, by its name and number of arguments; the first if several fit."""
        return next(self._candidates(call), None)

    def named_identity(self, call: Node) -> bool:
        """Whether the project's configuration says that this call names the person."""
        return _called({"FuncCall": call}) in self._identities

    def inline(self, node: Node) -> Node | None:
        """The expression that a call stands for, with its arguments put in; None where it cannot be looked into."""
        call = node.get("FuncCall")
        if call is None or call.get(_DEPTH, 0) >= MAX_DEPTH:
            return None
        fitting = list(self._candidates(call))
        body = self._expression(fitting[0]) if len(fitting) == 1 else None
        if body is None or self.named_identity(call):
            return None
        arguments = _arguments(fitting[0], call.get("args", ()))
        if arguments is None:
            return None
        inner = self._substitute(body, fitting[0], arguments, call.get(_DEPTH, 0) + 1)
        return _null_if_null(arguments, inner) if fitting[0].strict and arguments else inner

    def asks_who(self, node: Node) -> bool:
        """Whether an expression depends on the person: by claims, a setting, current_user, or a helper that does.

        A function of the user's that no migration makes might.
        """
        return any(self.asks_at(kind, body) for kind, body in walk(node))

    def asks_at(self, kind: str, body: Node) -> bool:
        """Whether a node by itself, whatever is in it, depends on the person."""
        if kind == "FuncCall":
            whole = {kind: body}
            return claim_path(whole) is not None or setting_name(whole) is not None or self._call_asks(body)
        return kind == "SQLValueFunction" and current_role({kind: body})

    def unknown(self, call: Node) -> bool:
        """Whether a call is of a function that neither Postgres nor the catalog has."""
        name = names(call.get("funcname"))
        return len(name) > 1 and name[-2] not in _PLAIN_SCHEMAS and name[-2:] not in self._known

    def relation(self, schema: str | None, name: str) -> Table | View | None:
        """The table or view of a name; `public` is tried where a body leaves the schema to the search_path."""
        for candidate in (schema,) if schema is not None else ("public", *self._catalog.schemas):
            found = self._catalog.tables.get((candidate, name)) or self._catalog.views.get((candidate, name))
            if found is not None:
                return found
        return None

    def asks(self, function: Function) -> bool:
        """Whether the body of a function depends on the person who calls. An unknown body might."""
        if function.signature not in self._asks:
            self._asks[function.signature] = False  # a helper that calls itself adds nothing
            self._asks[function.signature] = self._body_asks(function)
        return self._asks[function.signature]

    def in_policies(self, function: Function) -> bool:
        """Whether some policy calls a function of this name."""
        return function.name in self._policy_words

    def mention(self, word: str) -> bool:
        """Whether the body of some function of the user's holds a word."""
        if word not in self._mentions:
            self._mentions[word] = any(word in f.body for fs in self._by_name.values() for f in fs)
        return self._mentions[word]

    @functools.cached_property
    def _policy_words(self) -> frozenset[str]:
        texts = (e for t in self._catalog.tables.values() for p in t.policies for e in (p.using, p.with_check) if e)
        return frozenset(word for text in texts for word in _WORD.findall(text))

    def _candidates(self, call: Node) -> Iterator[Function]:
        name, count = names(call.get("funcname")), len(call.get("args", ()))
        for function in self._by_name.get(name[-1] if name else "", ()):
            inputs = _inputs(function)
            required = sum(a.default is None for a in inputs)
            if required <= count <= len(inputs) and (len(name) == 1 or function.schema == name[-2]):
                yield function

    def _call_asks(self, call: Node) -> bool:
        if self.named_identity(call) or self.unknown(call):
            return True
        return any(self.asks(function) for function in self._candidates(call))

    def _body_asks(self, function: Function) -> bool:
        body = function.body.lower()
        if not body.strip() or any(word in body for word in _TELLTALES):
            return True
        tree = parse_query(function.body) if function.language == "sql" else None
        if tree is not None:
            return self.asks_who(tree)
        called = (f for name, fs in self._by_name.items() if f"{name.lower()}(" in body for f in fs)
        return any(f.signature != function.signature and self.asks(f) for f in called)

    def _expression(self, function: Function) -> Node | None:
        if function.signature not in self._bodies:
            self._bodies[function.signature] = body_expression(function)
        return self._bodies[function.signature]

    def _substitute(self, body: Node, function: Function, arguments: Sequence[Node], depth: int) -> Node:
        by_name = {a.name: arg for a, arg in zip(_inputs(function), arguments, strict=True) if a.name}
        columns = self._columns_read(body) if function.language == "sql" else frozenset()

        def replace(name: tuple[str, ...], aliases: frozenset[str]) -> Node | None:
            if name[-1] not in by_name or (len(name) == 2 and name[0] != function.name):
                return None
            # Inside a query a column of its tables wins over an argument of the same name, in SQL functions.
            hidden = len(name) == 1 and bool(aliases) and name[0] in columns
            return None if hidden else by_name[name[-1]]

        settled: dict[str, Any] = _settled(rewrite(body, replace), arguments, function, depth)
        return settled

    def _columns_read(self, body: Node) -> frozenset[str]:
        found: set[str] = set()
        for kind, select in walk(body):
            if kind == "SelectStmt":
                for _, schema, name in relations(select):
                    relation = self.relation(schema, name)
                    found.update(c.name for c in relation.columns) if relation else None
        return frozenset(found)


def _called(node: Node) -> tuple[str, ...] | None:
    kind, body = kind_of(node)
    return names(body.get("funcname")) if kind == "FuncCall" else None


def _inputs(function: Function) -> list[Argument]:
    return [a for a in function.arguments if a.mode in ("IN", "INOUT", "VARIADIC")]


def _arguments(function: Function, given: Sequence[Node]) -> list[Node] | None:
    """One expression for each input argument: as given by place or by name, else its default."""
    inputs = _inputs(function)
    by_name = {n["NamedArgExpr"].get("name"): n["NamedArgExpr"].get("arg", {}) for n in given if "NamedArgExpr" in n}
    placed = [n for n in given if "NamedArgExpr" not in n]
    found: list[Node] = []
    for number, argument in enumerate(inputs):
        if number < len(placed):
            found.append(placed[number])
        elif argument.name in by_name:
            found.append(by_name[argument.name])
        else:
            default = parse_expression(argument.default) if argument.default is not None else None
            if default is None:
                return None
            found.append(default)
    return found


def _null_if_null(arguments: Sequence[Node], body: Node) -> Node:
    """A STRICT function is not called when an argument is NULL."""
    tests = [{"NullTest": {"arg": a, "nulltesttype": "IS_NULL"}} for a in arguments]
    condition = {"BoolExpr": {"boolop": "OR_EXPR", "args": tests}}
    null = {"A_Const": {"isnull": True}}
    return {"CaseExpr": {"args": [{"CaseWhen": {"expr": condition, "result": null}}], "defresult": body}}


def _settled(node: Any, arguments: Sequence[Node], function: Function, depth: int) -> Any:
    """The body with $1 replaced, its calls counted, and CURRENT_USER of a definer function the owner that it is."""
    if isinstance(node, list):
        return [_settled(item, arguments, function, depth) for item in node]
    if not isinstance(node, dict):
        return node
    kind, body = kind_of(node)
    if kind == "ParamRef" and 0 < body.get("number", 0) <= len(arguments):
        return arguments[body["number"] - 1]
    if kind == "SQLValueFunction" and function.security_definer and current_role(node):
        return {"A_Const": {"sval": {"sval": function.owner}}}
    if kind == "FuncCall":
        settled = {key: _settled(value, arguments, function, depth) for key, value in body.items()}
        return {"FuncCall": {**settled, _DEPTH: max(depth, body.get(_DEPTH, 0))}}
    return {key: _settled(value, arguments, function, depth) for key, value in node.items()}
