"""Sub-queries of policies that ask about the person and not about the row: whoever has one row passes for all."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from policytool.access.binding import Binder
from policytool.access.branches import operator_of
from policytool.access.identity import Identities, Tie, unique_column
from policytool.access.predicate import Predicate
from policytool.access.rowmark import mentions_row, offered, relations
from policytool.access.visitor import SIGNED_IN
from policytool.catalog.model import Table, View
from policytool.syntax.node import bool_of, names, unwrapped, walk

if TYPE_CHECKING:
    from policytool.access import Access

Node = Mapping[str, Any]
Gate = Literal["none", "role"]
_WORD = re.compile(r"[a-z]+")
# Columns that say in what state a row is, and not what its person may do.
_STATES = frozenset(
    {"active", "enabled", "disabled", "deleted", "archived", "status", "state", "accepted", "confirmed", "approved",
     "pending", "suspended", "blocked", "revoked", "current", "verified", "published"}
)  # fmt: skip

STAFF = frozenset(
    {"admin", "admins", "administrators", "staff", "team", "moderator", "moderators", "employee", "employees", "role",
     "roles", "operator", "operators", "superuser", "superusers", "super", "internal", "reviewer", "reviewers",
     "editor", "editors", "member", "members", "steward", "stewards", "allowlist", "whitelist"}
)  # fmt: skip


def speaks_of_staff(name: str) -> bool:
    """Whether a name is one of those who look after an application, or of what they may do."""
    return bool(STAFF.intersection(_WORD.findall(name.lower())))


class Loose(Struct, frozen=True, kw_only=True):
    """One such sub-query. `joins`: conditions that would tie it to the row, as far as keys and names tell.

    `gate`: whether it asks for a role; `several`: whether a person can have many rows there, of many tenants, say;
    `narrowed`: whether the branch demands something of the row besides.
    """

    select: dict[str, Any]
    relation: Table
    joins: tuple[tuple[str, str, str], ...]  # alias, its column, the row's column
    gate: Gate
    several: bool
    narrowed: bool


def loose_queries(text: str, table: Table, access: Access) -> Iterator[Loose]:
    """Those of the branches of an expression that nothing else ties to the person."""
    says = access.analyst.predicate(text, table)
    binder = Binder(access.helpers, frozenset(c.name for c in table.columns if c.not_null))
    for atom, narrowed in access.analyst.kept(says, "loose", lambda: list(_asking(says, binder))):
        reader = _Reader(binder.identities, access)
        query = access.analyst.kept(atom, "query", functools.partial(reader.query, atom))
        if query is not None and query.relation is not table:
            yield _judged(query, table, narrowed, access)


def _asking(says: Predicate, binder: Binder) -> Iterator[tuple[Node, bool]]:
    """The one condition of a branch that asks who somebody is, and whether others are about the row."""
    for branch, facts in zip(says.alternatives, says.branches or (), strict=False):
        if facts.dead or facts.bindings or not facts.gated or not any("SubLink" in atom for atom in branch):
            continue
        asking = [a for a in branch if binder.facts((a,), SIGNED_IN).gated] if len(branch) > 1 else branch
        if len(asking) == 1 and not mentions_row(asking[0]):
            yield asking[0], any(mentions_row(a) for a in branch if "NullTest" not in a)


class _Query(Struct, frozen=True, kw_only=True):
    """A sub-query whose rows are the person's by a column of one of its tables."""

    select: Node
    aliases: dict[str, Table]
    tied: tuple[str, str]  # alias, column
    gate: Gate

    @property
    def relation(self) -> Table:
        """The table that has the person's rows."""
        return self.aliases[self.tied[0]]


def _judged(query: _Query, table: Table, narrowed: bool, access: Access) -> Loose:
    joins = dict.fromkeys(_joins(query, table, access))
    if query.gate == "role":  # held without a tenant it is held everywhere
        joins = dict.fromkeys(
            j for j in joins if any(c.name == j[1] and c.not_null for c in query.aliases[j[0]].columns)
        )
    return Loose(
        select=dict(query.select),
        relation=query.relation,
        joins=tuple(joins),
        gate=query.gate,
        several=not unique_column(query.relation, query.tied[1]),
        narrowed=narrowed,
    )


class _Reader:
    """Reads one sub-query; None wherever something in it could not be told."""

    def __init__(self, identities: Identities, access: Access) -> None:
        self._identities, self._access = identities, access

    def query(self, atom: Node) -> _Query | None:
        """The sub-query of a condition."""
        body = atom.get("SubLink", {})
        select = body.get("subselect", {}).get("SelectStmt", {})
        aliases = self._relations(select) if "larg" not in select else None
        if not aliases or not self._closed(select, aliases):
            return None
        conditions = self._identities.conditions(select)
        tied = self._tied(body, select, conditions, aliases)
        asked = (_target(select),) if body.get("subLinkType") == "EXPR_SUBLINK" else ()
        gates = {self._gate((*branch, *asked)) for branch in conditions} or {"none"}
        if tied is None or None in gates:
            return None
        return _Query(select=select, aliases=aliases, tied=tied, gate="role" if gates == {"role"} else "none")

    def _relations(self, select: Node) -> dict[str, Table] | None:
        """The tables of FROM by their names in the query; None where something else stands there."""
        found: dict[str, Table] = {}
        for alias, schema, name in relations(select):
            relation = self._access.helpers.relation(schema, name)
            if not isinstance(relation, Table) or relation.assumed:
                return None
            found[alias] = relation
        return found if set(offered(select)) - {""} == set(found) else None

    def _closed(self, select: Node, aliases: Mapping[str, Table]) -> bool:
        """Whether every column in it is one of its own tables, however deep."""
        known, named = {c.name for t in aliases.values() for c in t.columns}, set(aliases)
        for kind, body in walk(select):
            if kind == "SelectStmt":
                inner = [self._access.helpers.relation(schema, name) for _, schema, name in relations(body)]
                known |= {c.name for r in inner if isinstance(r, Table | View) for c in r.columns}
                named |= set(offered(body))
        fields = [names(body.get("fields")) for kind, body in walk(select) if kind == "ColumnRef"]
        return all(f[0] in known if len(f) == 1 else f[-2] in named for f in fields if f != ("*",))

    def _tied(
        self, body: Node, select: Node, conditions: tuple[tuple[Node, ...], ...], aliases: Mapping[str, Table]
    ) -> tuple[str, str] | None:
        """The column that every branch compares with the person, by the name of its table in the query."""
        match body.get("subLinkType"):
            case "ANY_SUBLINK" if self._identities.identity(body.get("testexpr", {}), "") is not None:
                targets = select.get("targetList", ())
                return self._place(targets[0].get("ResTarget", {}).get("val", {}), aliases) if targets else None
            case "EXISTS_SUBLINK" | "EXPR_SUBLINK":
                found = [self._place_of_tie(branch, aliases) for branch in conditions]
                return found[0] if found and None not in found and len(set(found)) == 1 else None
        return None

    def _place_of_tie(self, branch: tuple[Node, ...], aliases: Mapping[str, Table]) -> tuple[str, str] | None:
        for atom in branch:
            tie: Tie | None = self._identities.branch_tie((atom,))
            if tie is not None:
                sides = (atom.get("A_Expr", {}).get("lexpr", {}), atom.get("A_Expr", {}).get("rexpr", {}))
                sides = (atom["SubLink"].get("testexpr", {}), {}) if "SubLink" in atom else sides
                return next((p for side in sides if (p := self._place(side, aliases)) is not None), None)
        return None

    def _place(self, node: Node, aliases: Mapping[str, Table]) -> tuple[str, str] | None:
        parts = names(unwrapped(node).get("ColumnRef", {}).get("fields"))
        if not parts:
            return None
        having = [a for a, t in aliases.items() if any(c.name == parts[-1] for c in t.columns)]
        having = [a for a in having if len(parts) == 1 or a == parts[-2]]
        return (having[0], parts[-1]) if having else None

    def _gate(self, branch: tuple[Node, ...]) -> Gate | None:
        """Whether the conditions besides the tie ask for a role; None where one cannot be told."""
        gate: Gate = "none"
        for atom in branch:
            known = self._identities.branch_tie((atom,)) is not None or "NullTest" in atom
            if known or _join(atom) or bool_of(atom) is True:
                continue
            column = _tested(atom)
            if column is None:
                return None
            if not _STATES.intersection(_WORD.findall(column.lower())):
                gate = "role"
        return gate


def _joins(query: _Query, table: Table, access: Access) -> Iterator[tuple[str, str, str]]:
    """What the sub-query's tables and the row have in common: a key from one to the other, or the same tenant."""
    owners, here = set(access.owner_columns(table)), (table.schema, table.name)
    for alias, relation in query.aliases.items():
        there = (relation.schema, relation.name)
        for column, far, key in _references(relation):
            if far == here and (alias, column) != query.tied:
                yield (alias, column, key)
        for column, far, key in _references(table):
            if far == there and (alias, key) != query.tied and column not in owners:
                yield (alias, key, column)
        shared = {c.name for c in relation.columns} & set(access.tenant_columns(table))
        yield from ((alias, c, c) for c in sorted(shared) if (alias, c) != query.tied)
        yield from ((alias, c, c) for c in _siblings(relation, table) if (alias, c) != query.tied and c not in owners)


def _siblings(relation: Table, table: Table) -> Iterator[str]:
    """Columns of both that are called the same and refer to the same table, other than that of people."""
    mine = {(column, far) for column, far, _ in _references(table)}
    yield from (column for column, far, _ in _references(relation) if (column, far) in mine and far[0] != "auth")


def _references(table: Table) -> Iterator[tuple[str, tuple[str, str], str]]:
    """(column, the table that it refers to, the column there) of each foreign key of one column."""
    for key in table.constraints:
        if key.reference is not None and len(key.columns) == 1:
            yield key.columns[0], (key.reference.schema, key.reference.table), key.reference.columns[0]


def _target(select: Node) -> Node:
    """What a query says of the row that it finds."""
    targets = select.get("targetList", ())
    value: Node = targets[0].get("ResTarget", {}).get("val", {}) if len(targets) == 1 else {}
    return value


def _join(atom: Node) -> bool:
    body = atom.get("A_Expr", {})
    sides = (unwrapped(body.get("lexpr", {})), unwrapped(body.get("rexpr", {})))
    return operator_of(body) == "=" and all("ColumnRef" in side for side in sides)


def _tested(atom: Node) -> str | None:
    """The column that a condition compares with constants; None for any other condition."""
    kinds = [kind for kind, _ in walk(atom)]
    columns = [names(body.get("fields"))[-1] for kind, body in walk(atom) if kind == "ColumnRef"]
    if len(columns) != 1 or {"FuncCall", "SubLink", "ParamRef", "SQLValueFunction"}.intersection(kinds):
        return None
    return columns[0]
