"""Whether the body of a routine ties what it does to the person who calls: more than that they are signed in."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from policytool.access.claims import claim_path, current_role, setting_name
from policytool.access.helpers import Helpers
from policytool.access.routines import Body, Query, body_of, variable
from policytool.catalog.model import Function, Signature
from policytool.syntax.node import kind_of, string_of, unwrapped, walk

Node = Mapping[str, Any]
_TESTS = ("whereClause", "havingClause", "quals", "agg_filter")
_SIGNED_IN = frozenset({"authenticated", "anon", ""})
_LOGIN_CLAIMS = frozenset({(), ("sub",), ("role",), ("email",), ("aud",)})


class Guards:
    """Answers for the routines of one catalog."""

    def __init__(self, helpers: Helpers) -> None:
        self._helpers = helpers
        self._known: dict[Signature, Guard] = {}

    def of(self, function: Function) -> Guard:
        """What the body of a routine asks of its caller."""
        if function.signature not in self._known:
            self._known[function.signature] = Guard(function, self._helpers)
        return self._known[function.signature]


class Guard:
    """What the body of one routine asks of its caller. One that cannot be read might ask all of it."""

    def __init__(self, function: Function, helpers: Helpers) -> None:
        self._function, self._helpers = function, helpers
        self._body: Body = body_of(function)
        self._seen: dict[int, tuple[Node, bool, frozenset[str]]] = {}  # by id(node), which is kept alive so
        self._me: set[str] = set()  # variables that hold who calls
        self._asked: set[str] = set()  # and those that hold something found out about them
        self._calls_me: dict[int, tuple[Node, bool]] = {}
        # Most bodies that ask nobody need no closer look.
        self._silent = self._body.readable and not helpers.asks(function)
        if not self._silent:
            self._follow()

    @functools.cached_property
    def refers(self) -> bool:
        """Whether who calls, beyond being signed in, has a part in something that it does, be it as a value written."""
        return not self._silent and (not self._body.readable or any(self.asks(t) for t in self._deeds()))

    @functools.cached_property
    def ties(self) -> bool:
        """Whether who calls has a part in what it decides."""
        return not self._silent and (not self._body.readable or any(self._decides(t) for t in self._tests()))

    @functools.cached_property
    def login(self) -> bool:
        """Whether it asks if somebody is signed in."""
        return not self._silent and any(self._is_login(a) for t in self._body.conditions for a in atoms(t))

    def asks(self, node: Node) -> bool:
        """Whether an expression depends on who calls, by itself or by a variable."""
        known = self._seen.get(id(node))
        if known is None:
            known = self._seen[id(node)] = (node, *self._look(node))
        _, asks, mentioned = known
        return asks or not mentioned.isdisjoint(self._me) or not mentioned.isdisjoint(self._asked)

    def _look(self, node: Node) -> tuple[bool, frozenset[str]]:
        """Whether an expression asks by itself, and the variables in it."""
        asks, found = False, set()
        for kind, body in walk(node):
            if kind == "ColumnRef":
                found.add(variable(body.get("fields", []), self._body, self._function))
            else:
                asks = asks or self._helpers.asks_at(kind, body)
        return asks, frozenset(name for name in found if name is not None)

    def _follow(self) -> None:
        """Assignments may come in any order: until nothing more is learnt."""
        body, before = self._body, -1
        while before != len(self._me) + len(self._asked):
            before = len(self._me) + len(self._asked)
            for assignment in body.assignments:
                if self._names_caller(assignment.value):
                    self._me.add(assignment.name)
                elif self.asks(assignment.value) and not self._overridden(assignment.value):
                    self._asked.add(assignment.name)
            for query in body.queries:
                self._learn(query)
            for dynamic in body.dynamics:
                if any(self.asks(value) for value in dynamic.using):
                    self._asked.update((*dynamic.into, "found"))

    def _learn(self, query: Query) -> None:
        select = query.tree.get("SelectStmt", {})
        targets = [t.get("ResTarget", {}).get("val", {}) for t in select.get("targetList", ())]
        if query.into and targets and not select.get("fromClause") and all(map(self._names_caller, targets)):
            self._me.update(query.into)
        elif self.asks(query.tree):
            self._asked.update((*query.into, "found"))

    def _names_caller(self, node: Node) -> bool:
        """Whether a value is who calls: auth.uid(), a claim, a variable that holds one."""
        inner = unwrapped(node)
        path = claim_path(inner)
        if path is not None:
            return path in _LOGIN_CLAIMS
        if setting_name(inner) is not None or current_role(inner):
            return True
        kind, body = kind_of(inner)
        if kind == "CoalesceExpr":
            return self._names_caller(body["args"][0])
        if kind == "FuncCall":
            if id(body) not in self._calls_me:
                looked = self._helpers.inline({kind: body}) if self._helpers.asks_at(kind, body) else None
                self._calls_me[id(body)] = (body, looked is not None and self._names_caller(looked))
            return self._calls_me[id(body)][1]
        return kind == "ColumnRef" and variable(body.get("fields", []), self._body, self._function) in self._me

    def _overridden(self, node: Node) -> bool:
        """Whether a value is who calls only where an argument does not say otherwise: COALESCE(p_user, auth.uid())."""
        first = unwrapped(node).get("CoalesceExpr", {}).get("args", ({},))[0]
        given = variable(unwrapped(first).get("ColumnRef", {}).get("fields", []), self._body, self._function)
        return given is not None and given in {a.name for a in self._function.arguments}

    def _tests(self) -> Iterator[Node]:
        """The conditions that decide what the routine does. What is only read into a variable decides nothing yet."""
        body = self._body
        yield from body.conditions
        for query in body.queries:
            if (not query.into or query.kind != "SelectStmt") and self.asks(query.tree):
                yield from _conditions(query.tree)
                yield from self._calls(query.tree)
        yield from body.returned
        for dynamic in body.dynamics:
            yield dynamic.text
            yield from dynamic.using

    def _deeds(self) -> Iterator[Node]:
        """Everything in the body but what only asks if somebody is signed in, or notes who."""
        body = self._body
        yield from (q.tree for q in body.queries if not self._me.intersection(q.into))
        yield from (a.value for a in body.assignments if a.name not in self._me)
        yield from (atom for test in body.conditions for atom in atoms(test) if not self._is_login(atom))
        yield from body.returned
        for dynamic in body.dynamics:
            yield from (dynamic.text, *dynamic.using)

    def _calls(self, tree: Node) -> Iterator[Node]:
        """The calls of the user's own functions: they may look for themselves."""
        for kind, body in walk(tree):
            if kind == "FuncCall" and (self._helpers.find(body) is not None or self._helpers.unknown(body)):
                yield {kind: body}

    def _decides(self, test: Node) -> bool:
        return any(self.asks(atom) and not self._is_login(atom) for atom in atoms(test))

    def _is_login(self, atom: Node) -> bool:
        """Whether a condition only asks if somebody is signed in."""
        kind, body = kind_of(unwrapped(atom))
        match kind:
            case "NullTest":
                return self._names_caller(body.get("arg", {}))
            case "A_Expr":
                left, right = body.get("lexpr", {}), body.get("rexpr", {})
                items = right.get("List", {}).get("items", (right,)) if isinstance(right, dict) else ()
                return self._names_caller(left) and all(string_of(item) in _SIGNED_IN for item in items)
            case "FuncCall":
                inner = self._helpers.inline({kind: body}) if self._helpers.asks_at(kind, body) else None
                return inner is not None and all(self._is_login(a) for a in atoms(inner))
        return False


def atoms(node: Node) -> Iterator[Node]:
    """The conditions that a condition is made of."""
    kind, body = kind_of(node)
    if kind == "BoolExpr":
        for arg in body.get("args", ()):
            yield from atoms(arg)
    elif kind == "BooleanTest":
        yield from atoms(body.get("arg", {}))
    elif node:
        yield node


def _conditions(tree: Any) -> Iterator[Node]:
    """Everything in a statement that decides about rows, values or what is done."""
    if isinstance(tree, list):
        for item in tree:
            yield from _conditions(item)
    elif isinstance(tree, dict):
        for key, value in tree.items():
            if key in _TESTS and isinstance(value, dict):
                yield value
            elif key == "CaseWhen":
                yield value.get("expr", {})
            yield from _conditions(value)
