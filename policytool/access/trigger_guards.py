"""Columns that a table's own triggers watch over: they refuse or undo what a user writes there."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from policytool.access.bodies import plpgsql_tree, resolve, touched
from policytool.access.routines import Body, body_of
from policytool.access.row_filter import Command
from policytool.catalog.model import Function, Table, Trigger
from policytool.syntax.fragments import parse_expression
from policytool.syntax.node import names, walk

if TYPE_CHECKING:
    from policytool.access import Access

Node = Mapping[str, Any]
_ROWS = ("new", "old")
_GIVES_UP = re.compile(r"\breturn\s+(?:old|null)\s*;", re.IGNORECASE)


class Watch(Struct, frozen=True, kw_only=True):
    """What the triggers of a table watch. `all`: every column, or some that cannot be told."""

    columns: frozenset[str] = frozenset()
    all: bool = False

    def over(self, column: str) -> bool:
        """Whether a user cannot simply write the column."""
        return self.all or column in self.columns


def watched(table: Table, command: Command, access: Access) -> Watch:
    """The columns whose new values the row triggers for a command check, set or throw away."""
    found = [_watch(t, table, access) for t in table.triggers if _fires(t, command)]
    return Watch(columns=frozenset(c for w in found for c in w.columns), all=any(w.all for w in found))


def _fires(trigger: Trigger, command: Command) -> bool:
    return trigger.row and command in trigger.events and trigger.enabled in ("ORIGIN", "ALWAYS")


def _watch(trigger: Trigger, table: Table, access: Access) -> Watch:
    found = [f for f in access.catalog.functions.values() if (f.schema, f.name) == trigger.function]
    function = next((f for f in found if f.returns == "trigger"), None)
    if function is not None and function.origin is not None:
        return Watch()  # what an extension brings keeps a date, and refuses nothing
    body = None if function is None or not function.body.strip() else body_of(function)
    if function is None or body is None or not body.readable or body.dynamics:
        return Watch(all=True)
    before, (mentioned, assigned) = trigger.timing == "BEFORE", _columns(function)
    if not _decides(function, body, before=before):
        return Watch(columns=assigned if before else frozenset())
    own = {c.name for c in table.columns}
    listed = own.intersection(trigger.arguments)
    columns = mentioned | assigned | set(trigger.update_columns) | _in_when(trigger) | listed
    whole = "*" in columns and not listed  # the arguments say which columns a generic trigger looks at
    return Watch(columns=frozenset(columns & own), all=whole)


@functools.lru_cache(maxsize=1024)
def _columns(function: Function) -> tuple[frozenset[str], frozenset[str]]:
    """The columns of NEW and OLD that a body mentions, and those that it sets; "*" for the row as a whole."""
    nodes = body_of(function).expressions
    return frozenset(c for node in nodes for c in _mentioned(node)), frozenset(_assigned(function))


def _decides(function: Function, body: Body, *, before: bool) -> bool:
    """Whether the trigger refuses rows, or leaves that to a function that it calls."""
    if body.raises or (before and _GIVES_UP.search(function.body)):
        return True
    calls = (q.tree for q in body.queries if q.kind == "SelectStmt" and not q.into)
    return any(kind == "FuncCall" and any(_mentioned(body)) for tree in calls for kind, body in walk(tree))


def _mentioned(node: Any) -> Iterator[str]:
    """The columns of NEW and OLD in an expression; "*" for the row as a whole."""
    for kind, body in walk(node):
        if kind == "ColumnRef":
            parts = tuple(p.lower() if n == 0 else p for n, p in enumerate(names(body.get("fields"))))
            if parts and parts[0] in _ROWS:
                yield parts[1] if len(parts) > 1 else "*"


def _assigned(function: Function) -> Iterator[str]:
    """The fields of NEW that the body sets; "*" where it sets NEW as a whole."""
    for kind, body in walk(plpgsql_tree(function) or {}):
        if kind == "PLpgSQL_stmt_assign":
            text = body.get("expr", {}).get("PLpgSQL_expr", {}).get("query", "")
            left = parse_expression(text.partition(":=" if ":=" in text else "=")[0])
            yield from _mentioned(left or {})


def _in_when(trigger: Trigger) -> set[str]:
    return set(_mentioned(parse_expression(trigger.when) or {})) if trigger.when else set()


def made_at_signup(table: Table, access: Access) -> bool:
    """Whether a trigger on auth.users writes the table: a user who has a row there cannot insert another."""
    users = access.catalog.tables.get(("auth", "users"))
    made = {t.function for t in users.triggers if "INSERT" in t.events} if users is not None else set()
    key = (table.schema, table.name)
    called = (f for f in access.catalog.functions.values() if (f.schema, f.name) in made)
    return any(resolve(name, access.catalog.tables) == key for f in called for name in touched(f).writes)
