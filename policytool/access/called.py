"""Which of the user's functions the policies that clients meet call, and how."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from policytool.access.policies import clauses, met_by
from policytool.access.rowmark import mentions_row
from policytool.catalog.model import Function, Policy, Signature, Table
from policytool.syntax.node import kind_of, walk

if TYPE_CHECKING:
    from policytool.access import Access

Node = Mapping[str, Any]
Made = tuple[Function, bool, frozenset[str]]
_MOVING = frozenset({"ColumnRef", "FuncCall", "ParamRef", "SQLValueFunction", "SubLink"})


class Call(Struct, frozen=True, kw_only=True):
    """A call in a policy. `bare`: for each row that USING looks at; `constant`: all its arguments are constants.

    `same`: no argument is a column, so that it gives one value for the whole query.
    """

    function: Function
    table: Table
    policy: Policy
    bare: bool
    constant: bool
    same: bool


def calls(access: Access) -> dict[Signature, tuple[Call, ...]]:
    """The calls of each function, in the order of the tables and of their policies' names."""
    return access.analyst.kept(access.catalog, "calls", lambda: _calls(access))


def _calls(access: Access) -> dict[Signature, tuple[Call, ...]]:
    found: dict[Signature, list[Call]] = {}
    for _, table in sorted(access.catalog.tables.items()):
        for policy in sorted(table.policies, key=lambda p: p.name):
            for call in _of_policy(policy, table, access) if met_by(policy, table, access) else ():
                found.setdefault(call.function.signature, []).append(call)
    return {signature: tuple(made) for signature, made in found.items()}


def _of_policy(policy: Policy, table: Table, access: Access) -> Iterator[Call]:
    for clause in clauses(policy):
        says = access.analyst.predicate(clause.text, table)
        made = access.analyst.kept(says, "made calls", functools.partial(_all, says.node, access))
        for function, once, kinds in made:
            yield Call(
                function=function,
                table=table,
                policy=policy,
                bare=clause.name == "using" and not once,
                constant=not kinds & _MOVING,
                same="ColumnRef" not in kinds,
            )


def _all(node: Node | None, access: Access) -> tuple[Made, ...]:
    return tuple(_made(node, access, once=False))


def _made(node: Any, access: Access, *, once: bool) -> Iterator[Made]:
    """(function, whether a sub-query around it is run once, what its arguments are made of) of each call."""
    if isinstance(node, list):
        for item in node:
            yield from _made(item, access, once=once)
    elif isinstance(node, dict):
        kind, body = kind_of(node)
        function = access.helpers.find(body) if kind == "FuncCall" else None
        if function is not None:
            yield function, once, frozenset(k for k, _ in walk(body.get("args", [])))
        if kind == "SubLink":
            yield from _made(body.get("testexpr"), access, once=once)
            select = body.get("subselect", {})
            yield from _made(select, access, once=once or not mentions_row(select))
        else:
            for value in node.values():
                yield from _made(value, access, once=once)
