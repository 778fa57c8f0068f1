"""What policies on storage.objects ask: which buckets, and of whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from policytool.access.binding import Binder
from policytool.access.branches import operator_of
from policytool.access.row_filter import Side
from policytool.access.rowmark import marked_column
from policytool.access.visitor import ANONYMOUS, SIGNED_IN
from policytool.catalog.model import Policy, Table
from policytool.syntax.node import string_of, unwrapped, walk

if TYPE_CHECKING:
    from policytool.access import Access

Node = Mapping[str, Any]
OBJECTS = ("storage", "objects")
COLUMN = "bucket_id"


class Door(Struct, frozen=True, kw_only=True):
    """One alternative of a policy as just anybody meets it, who is no owner, no member and no special person."""

    buckets: frozenset[str]  # those that it names
    asks: bool  # it asks for the bucket, by name or otherwise


def is_objects(table: Table) -> bool:
    """Whether the table is the one that holds the files of Supabase's storage."""
    return (table.schema, table.name) == OBJECTS


def doors(policy: Policy, side: Side, table: Table, access: Access, *, anonymous: bool) -> tuple[Door, ...]:
    """The alternatives of a policy's expression that open files to anybody; none where nothing can be said."""
    says = access.predicate(policy, side, table)
    if says is None or says.node is None or not says.holds(anonymous=anonymous):
        return ()
    binder = Binder(access.helpers, frozenset(c.name for c in table.columns if c.not_null))
    visitors = ANONYMOUS if anonymous else (SIGNED_IN,)
    found = []
    for branch in binder.branches(says.node) or ():
        if not all(binder.facts(branch, visitor).closed for visitor in visitors):
            named = frozenset(name for atom in branch for name in _named(atom))
            found.append(Door(buckets=named, asks=bool(named) or any(_mentions(atom) for atom in branch)))
    return tuple(found)


def _named(atom: Node) -> Iterator[str]:
    """The buckets of `bucket_id = 'a'`, `bucket_id IN ('a', 'b')` and `bucket_id = ANY (ARRAY['a', 'b'])`."""
    body = atom.get("A_Expr", {})
    if operator_of(body) != "=":
        return
    left, right = body.get("lexpr", {}), body.get("rexpr", {})
    for column, value in ((left, right), (right, left)):
        if marked_column(unwrapped(column)) == COLUMN:
            yield from (text for item in _items(value) if (text := string_of(unwrapped(item))) is not None)


def _items(node: Node) -> list[Node]:
    match unwrapped(node):
        case {"List": {"items": items}} | {"A_ArrayExpr": {"elements": items}}:
            return list(items)
    return [node]


def _mentions(atom: Node) -> bool:
    return any(kind == "ColumnRef" and marked_column({kind: body}) == COLUMN for kind, body in walk(atom))
