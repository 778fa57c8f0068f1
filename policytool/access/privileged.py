"""Columns that say what a person may do, is worth or has paid for, and what in the schema goes by them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from policytool.access.bodies import resolve, touched
from policytool.access.routines import body_of
from policytool.access.signup import allowed
from policytool.catalog.expression.references import references
from policytool.catalog.model import Column, Function, Table
from policytool.syntax.node import names, walk

if TYPE_CHECKING:
    from policytool.access import Access

Sort = Literal["power", "role", "standing", "money"]
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_POWER = frozenset(
    {("admin",), ("super", "admin"), ("superadmin",), ("super", "user"), ("superuser",), ("system", "admin"),
     ("platform", "admin"), ("site", "admin"), ("global", "admin"), ("app", "admin"), ("staff",), ("moderator",)}
)  # fmt: skip
_ROLE = frozenset(
    {("role",), ("roles",), ("user", "role"), ("user", "roles"), ("app", "role"), ("permission",), ("permissions",),
     ("access", "level"), ("user", "type"), ("account", "role")}
)  # fmt: skip
_STANDING = frozenset({("verified",), ("approved",), ("premium",), ("banned",), ("email", "verified"), ("suspended",)})
_WHEN = frozenset({("at",), ("until",), ("by",), ("on",), ("expires", "at")})
_MONEY = frozenset(
    {("plan",), ("tier",), ("subscription", "status"), ("subscription", "tier"), ("subscription", "plan"),
     ("credit",), ("credits",), ("balance",), ("quota",), ("stripe", "customer", "id"),
     ("stripe", "subscription", "id"), ("stripe", "subscription", "status")}
)  # fmt: skip
_RANKS = frozenset({"owner", "superuser", "moderator", "staff", "manager", "root"})


def words(name: str) -> tuple[str, ...]:
    """The words of a name in snake_case or camelCase."""
    return tuple(w.lower() for part in name.split("_") for w in _WORD.findall(part))


def sort_of(name: str) -> Sort | None:
    """What kind of privilege a column stands for, by its name."""
    found = words(name)
    if len(found) > 1 and found[0] in ("is", "has"):
        found = found[1:]
    if found in _POWER:
        return "power"
    if found in _ROLE:
        return "role"
    if found in _MONEY:
        return "money"
    standing = any(found[: len(s)] == s and (found == s or found[len(s) :] in _WHEN) for s in _STANDING)
    return "standing" if standing else None


def ranked(table: Table, column: Column, access: Access) -> bool:
    """Whether the values of a role column are known and tell of ranks, by its CHECK or the labels of its type."""
    values = allowed(column, table, access) or ()
    return any("admin" in v.lower() or _RANKS.intersection(words(v)) for v in values)


def decides(table: Table, column: str, access: Access) -> bool:
    """Whether a policy decides by the column, itself or by a function that it calls."""
    return any(_in_policies(table, column, access)) or any(
        access.helpers.in_policies(f) or f.returns == "boolean" for f in _readers(table, column, access)
    )


def consulted(table: Table, column: str, access: Access) -> bool:
    """Whether a policy goes by the column, or any function that is no trigger."""
    return any(_in_policies(table, column, access)) or any(True for _ in _readers(table, column, access))


def _in_policies(table: Table, column: str, access: Access) -> Iterator[bool]:
    for other in access.catalog.tables.values():
        for policy in other.policies:
            for text in (policy.using, policy.with_check):
                if text and column in text:
                    found = references(text)
                    own = other is table and column in found.own_columns
                    yield own or (table.schema, table.name, column) in found.columns


def _readers(table: Table, column: str, access: Access) -> Iterator[Function]:
    """The functions that mention the column in SQL which reads the table."""
    key = (table.schema, table.name)
    for function in access.catalog.functions.values():
        if function.returns == "trigger" or column not in function.body or table.name not in function.body:
            continue
        if function.origin is None:
            reads = touched(function).reads
            if any(resolve(name, access.catalog.tables) == key for name in reads) and _names(function, column):
                yield function


def _names(function: Function, column: str) -> bool:
    nodes = (item for tree in body_of(function).expressions for item in walk(tree))
    return any(kind == "ColumnRef" and names(body.get("fields"))[-1:] == (column,) for kind, body in nodes)
