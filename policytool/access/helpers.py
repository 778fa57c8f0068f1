"""Looks into the functions that policies call: `is_member(org_id)` stands for the expression in its body."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

from policytool.access.claims import claim_path, current_role, plain_select, setting_name
from policytool.access.rowmark import relations, rewrite
from policytool.catalog.model import Function, Name, Table, View
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import identifier
from policytool.syntax.fragments import parse_query
from policytool.syntax.node import names, walk
from policytool.syntax.plpgsql import parse_body

Node = Mapping[str, Any]
MAX_DEPTH = 4
_WORD = re.compile(r"\w+")


class Helpers:
    """The user's functions of one catalog, as expressions where their bodies are that simple."""

    def __init__(self, catalog: Catalog, identity_expressions: tuple[str, ...] = ()) -> None:
        self._catalog = catalog
        self._by_name: dict[str, list[Function]] = {}
        for function in catalog.functions.values():
            if function.origin is None:
                self._by_name.setdefault(function.name, []).append(function)
        self._bodies: dict[Name, Node | None] = {}
        self._asks: dict[str, bool] = {}
        self._depth = 0
        self._identities = frozenset(identity_expressions)

    def find(self, call: Node) -> Function | None:
        """The function that a FuncCall body means: by schema where it is named, and by the number of arguments."""
        name, count = names(call.get("funcname")), len(call.get("args", ()))
        for function in self._by_name.get(name[-1] if name else "", ()):
            inputs = [a for a in function.arguments if a.mode in ("IN", "INOUT", "VARIADIC")]
            required = sum(a.default is None for a in inputs)
            if required <= count <= len(inputs) and (len(name) == 1 or function.schema == name[-2]):
                return function
        return None

    def inline(self, node: Node) -> Node | None:
        """The expression that a call stands for, with its arguments put in; None where it cannot be looked into."""
        call = node.get("FuncCall")
        function = self.find(call) if call is not None else None
        if call is None or function is None or self._depth >= MAX_DEPTH:
            return None
        body = self._expression(function)
        if body is None:
            return None
        return self._substitute(body, function, call.get("args", ()))

    def asks_who(self, node: Node) -> bool:
        """Whether an expression depends on the person: by claims, a setting, current_user, or a helper that does."""
        for kind, body in walk(node):
            whole = {kind: body}
            if kind == "FuncCall":
                if claim_path(whole) is not None or setting_name(whole) is not None or self._function_asks(body):
                    return True
            elif kind == "SQLValueFunction" and current_role(whole):
                return True
        return False

    def relation(self, schema: str | None, name: str) -> Table | View | None:
        """The table or view of a name; `public` is tried where a body leaves the schema to the search_path."""
        for candidate in (schema,) if schema is not None else ("public", *self._catalog.schemas):
            found = self._catalog.tables.get((candidate, name)) or self._catalog.views.get((candidate, name))
            if found is not None:
                return found
        return None

    def in_policies(self, function: Function) -> bool:
        """Whether some policy calls a function of this name."""
        return function.name in self._policy_words

    def _function_asks(self, call: Node) -> bool:
        function = self.find(call)
        return function is not None and self.asks(function)

    def asks(self, function: Function) -> bool:
        """Whether the body of a function depends on the person, itself or by what it calls."""
        if function.body not in self._asks:
            self._asks[function.body] = False  # a helper that calls itself adds nothing
            self._asks[function.body] = self._body_asks(function)
        return self._asks[function.body]

    def _body_asks(self, function: Function) -> bool:
        body = function.body.lower()
        if any(
            word in body
            for word in (
                "auth.uid",
                "auth.jwt",
                "auth.email",
                "auth.role",
                "request.jwt",
                "current_user",
                "current_setting",
            )
        ):
            return True
        tree = parse_query(function.body) if function.language == "sql" else None
        if tree is not None:
            return self.asks_who(tree)
        return any(f"{other.name}(" in body and self._bodies_differ(other, function) and self._body_asks_once(other)
                   for others in self._by_name.values() for other in others)  # fmt: skip

    def _bodies_differ(self, one: Function, other: Function) -> bool:
        return one.body != other.body

    def _body_asks_once(self, function: Function) -> bool:
        if function.body not in self._asks:
            self._asks[function.body] = False
            self._asks[function.body] = self._body_asks(function)
        return self._asks[function.body]

    @functools.cached_property
    def _policy_words(self) -> frozenset[str]:
        texts = (e for t in self._catalog.tables.values() for p in t.policies for e in (p.using, p.with_check) if e)
        return frozenset(word for text in texts for word in _WORD.findall(text))

    def _expression(self, function: Function) -> Node | None:
        key = (function.schema, function.body)
        if key not in self._bodies:
            self._bodies[key] = body_expression(function)
        return self._bodies[key]

    def _substitute(self, body: Node, function: Function, args: tuple[Node, ...] | list[Node]) -> Node:
        inputs = [a for a in function.arguments if a.mode in ("IN", "INOUT", "VARIADIC")]
        by_name = {a.name: arg for a, arg in zip(inputs, args, strict=False) if a.name}
        columns = self._columns_read(body)

        def replace(name: tuple[str, ...], aliases: frozenset[str]) -> Node | None:
            if name[-1] not in by_name or (len(name) == 2 and name[0] != function.name):
                return None
            # Inside a query a column of its tables wins over an argument of the same name, in SQL functions.
            hidden = len(name) == 1 and function.language == "sql" and bool(aliases) and name[0] in columns
            return None if hidden else by_name[name[-1]]

        copied = rewrite(body, replace)
        numbered: dict[str, Any] = _numbered(copied, list(args))
        return numbered

    def _columns_read(self, body: Node) -> frozenset[str]:
        found: set[str] = set()
        for kind, select in walk(body):
            if kind == "SelectStmt":
                for _, schema, name in relations(select):
                    relation = self.relation(schema, name)
                    found.update(c.name for c in relation.columns) if relation else None
        return frozenset(found)


def body_expression(function: Function) -> Node | None:
    """The one expression of a body: of a SQL function with a single SELECT, or of PL/pgSQL that only returns."""
    if function.kind != "function":
        return None
    if function.language == "sql":
        tree = parse_query(function.body.strip().rstrip(";")) or {}
        return _scalar(tree["SelectStmt"]) if "SelectStmt" in tree else None
    if function.language == "plpgsql":
        return _plpgsql_expression(function)
    return None


def _scalar(select: Node) -> Node:
    """A query in the place of a value."""
    plain = plain_select(select)
    if plain is not None:
        return plain
    return {"SubLink": {"subLinkType": "EXPR_SUBLINK", "subselect": {"SelectStmt": select}}}


def _plpgsql_expression(function: Function) -> Node | None:
    arguments = ", ".join(
        f"{identifier(a.name) if a.name else ''} {a.type}" for a in function.arguments if a.mode in ("IN", "INOUT")
    )
    returns = function.returns or "void"
    if returns.startswith(("SETOF", "TABLE", "trigger")) or "$policytool$" in function.body:
        return None
    tree = parse_body(
        f"create function f({arguments}) returns {returns} language plpgsql as $policytool${function.body}$policytool$"
    )
    body = (tree or {}).get("action", {}).get("PLpgSQL_stmt_block", {}).get("body", [])
    return _statements(body)


def _statements(body: list[Node]) -> Node | None:
    """RETURN expression; IF condition THEN RETURN a; END IF; RETURN b, as CASE. Anything else is not looked into."""
    if not body:
        return None
    match body[0]:
        case {"PLpgSQL_stmt_return": {"expr": {"PLpgSQL_expr": {"query": text}}}}:
            return _parsed(text)
        case {"PLpgSQL_stmt_if": {"cond": {"PLpgSQL_expr": {"query": text}}, "then_body": then} as statement} if (
            "elsif_list" not in statement
        ):
            condition, first = _parsed(text), _statements(then)
            rest = _statements(statement.get("else_body") or body[1:])
            if condition is None or first is None or rest is None:
                return None
            when = {"CaseWhen": {"expr": condition, "result": first}}
            return {"CaseExpr": {"args": [when], "defresult": rest}}
    return None


def _parsed(text: str) -> Node | None:
    tree = parse_query(f"select {text}")
    return plain_select(tree["SelectStmt"]) or _scalar(tree["SelectStmt"]) if tree and "SelectStmt" in tree else None


def _numbered(node: Any, args: list[Node]) -> Any:
    if isinstance(node, dict):
        if "ParamRef" in node and 0 < node["ParamRef"].get("number", 0) <= len(args):
            return args[node["ParamRef"]["number"] - 1]
        return {key: _numbered(value, args) for key, value in node.items()}
    if isinstance(node, list):
        return [_numbered(item, args) for item in node]
    return node
