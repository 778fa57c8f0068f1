"""Tables that say who belongs to what, and what their policies let an ordinary user write there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from policytool.access.bodies import resolve, touched
from policytool.access.demands import Demand, new_rows
from policytool.access.privileged import sort_of, words
from policytool.access.routines import body_of
from policytool.access.row_filter import Command
from policytool.access.trigger_guards import Watch, made_at_signup, watched
from policytool.catalog.expression.references import references
from policytool.catalog.model import Function, Name, Policy, Table
from policytool.syntax.node import names, range_var, walk

if TYPE_CHECKING:
    from policytool.access import Access

Node = Mapping[str, Any]
MAX_DEPTH = 3
_MEMBERS = frozenset({"member", "members", "membership", "memberships", "collaborator", "collaborators", "participant",
                      "participants", "seat", "seats"})  # fmt: skip


class Membership(Struct, frozen=True, kw_only=True):
    """A table of memberships: who, in what, as what. `single`: a user has one row, as in a table of profiles."""

    table: Table
    members: tuple[str, ...]
    groups: tuple[str, ...]
    ranks: tuple[str, ...]
    single: bool


class Entry(Struct, frozen=True, kw_only=True):
    """A way for an ordinary user to write a membership, that the policies leave open."""

    role: str
    command: Command
    policy: Policy
    group: str
    ranks: tuple[str, ...]  # those that can be anything


def membership(table: Table, access: Access) -> Membership | None:
    """The table as one of memberships: it ties each user to groups, and policies of other tables go by that."""
    if not table.rls_enabled or table.assumed or table.partition_of is not None:
        return None
    members = access.owner_columns(table)
    keys = _keys(table) if members else []
    single = any(key == {m} for key in keys for m in members)
    tenants = access.tenant_columns(table) if single or _MEMBERS.intersection(words(table.name)) else ()
    groups = dict.fromkeys(g for g in (*tenants, *_keyed(table, members, keys)) if g not in members)
    read = access.analyst.kept(access.catalog, "gates", lambda: gates_of(access)) if groups else {}
    found = tuple(g for g in groups if g in read.get((table.schema, table.name), ()))
    if not found:
        return None
    ranks = tuple(c.name for c in table.columns if is_rank(c.name))
    return Membership(table=table, members=members, groups=found, ranks=ranks, single=single)


def is_rank(name: str) -> bool:
    """Whether a column says as what somebody belongs."""
    found = words(name)
    return sort_of(name) in ("role", "power") or found[-1:] == ("role",) or found in (("is", "owner"), ("owner",))


def _keys(table: Table) -> list[set[str]]:
    keys = [set(c.columns) for c in table.constraints if c.kind in ("PRIMARY KEY", "UNIQUE")]
    indexes = (i for i in table.indexes if i.unique and i.predicate is None)
    return keys + [{k.column or "" for k in i.keys} for i in indexes]


def _keyed(table: Table, members: tuple[str, ...], keys: list[set[str]]) -> Iterator[str]:
    """Foreign keys that are unique together with the user."""
    foreign = {c.columns[0]: c.reference for c in table.constraints if c.reference is not None and len(c.columns) == 1}
    for key in keys:
        if 1 < len(key) < 4 and len(key & set(members)) == 1:
            for other in sorted(key - set(members)):
                reference = foreign.get(other)
                if reference is not None and (reference.schema, reference.table) != ("auth", "users"):
                    yield other


# --- what goes by it ------------------------------------------------------------------------------------------------


def gates_of(access: Access) -> Mapping[Name, set[str]]:
    """The tables, with their columns, that policies of other tables read, themselves or by functions."""
    gates: dict[Name, set[str]] = {}
    named: dict[Name, list[Function]] = {}
    for function in access.catalog.functions.values():
        if function.origin is None:
            named.setdefault((function.schema, function.name), []).append(function)
    for called, asking in _asked(access, gates).items():
        for function in named.get(called, []):
            for read, columns in _reads(function, named, access, frozenset()):
                if asking - {read}:
                    gates.setdefault(read, set()).update(columns)
    return gates


def _asked(access: Access, gates: dict[Name, set[str]]) -> Mapping[Name, set[Name]]:
    """The functions that policies call, each with the tables; what policies read themselves is put into `gates`."""
    called: dict[Name, set[Name]] = {}
    for key, table in access.catalog.tables.items():
        texts = {text for p in table.policies for text in (p.using, p.with_check) if text and "(" in text}
        for found in map(references, texts):
            for schema, name, column in found.columns:
                if (schema, name) != key:
                    gates.setdefault((schema, name), set()).add(column)
            for function in found.functions:
                called.setdefault(function, set()).add(key)
    return called


def _reads(
    function: Function, named: Mapping[Name, list[Function]], access: Access, seen: frozenset[Name]
) -> Iterator[tuple[Name, set[str]]]:
    """The tables that a function reads, itself or by functions that it calls, and all columns that it mentions."""
    key = (function.schema, function.name)
    if key in seen or len(seen) > MAX_DEPTH:
        return
    columns: set[str] = set()
    for tree in body_of(function).expressions:
        for kind, body in walk(tree):
            if kind == "ColumnRef":
                columns.update(names(body.get("fields"))[-1:])
            elif kind == "FuncCall" and (parts := names(body.get("funcname"))):
                inner = (parts[-2] if len(parts) > 1 else function.schema, parts[-1])
                for other in named.get(inner, ()):
                    yield from _reads(other, named, access, seen | {key})
    for name in touched(function).reads:
        found = resolve(name, access.catalog.tables, function.schema) or resolve(name, access.catalog.tables)
        if found is not None:
            yield found, columns


# --- what is left open ----------------------------------------------------------------------------------------------


def enrolments(found: Membership, access: Access) -> Iterator[Entry]:
    """Ways to write one's own membership of anything: rows that must be the user's, and may be of any group."""
    for role, command, ways in _ways(found.table, access):
        if command == "INSERT" and found.single and made_at_signup(found.table, access):
            continue
        for group in found.groups:
            free = [w for w in ways if _joins(w, found, group, command)]
            watch = watched(found.table, command, access) if free else Watch()
            if free and access.can(role, command, found.table, group) and not watch.over(group):
                ranks = (r for r in found.ranks if access.can(role, command, found.table, r) and not watch.over(r))
                left = tuple(r for r in ranks if not found.single and any(not w.asks(r) for w in free))
                yield Entry(role=role, command=command, policy=free[0].policy, group=group, ranks=left)


def _joins(way: Demand, found: Membership, group: str, command: Command) -> bool:
    """Whether a way asks who joins, and not of what; nor, in a new row, how: as invited, or not yet approved."""
    others = way.columns - {*found.members, *found.ranks, group}
    asked = bool(others) and command == "INSERT"
    return bool(way.own() & set(found.members)) and not way.asks(group) and not asked and not way.tenant()


def promotions(found: Membership, access: Access) -> Iterator[Entry]:
    """Ways to write any rank: one's own by UPDATE, or anybody's by being a member oneself."""
    for role, command, ways in _ways(found.table, access):
        for rank in found.ranks if not found.single else ():
            free = [w for w in ways if not w.asks(rank) and _raises(w, found, command, access)]
            can = access.can(role, command, found.table, rank)
            if free and can and not watched(found.table, command, access).over(rank):
                yield Entry(role=role, command=command, policy=free[0].policy, group=found.groups[0], ranks=(rank,))


def _raises(way: Demand, found: Membership, command: Command, access: Access) -> bool:
    if command == "UPDATE" and way.own() & set(found.members):
        return True
    return bool(way.tenant() & set(found.groups)) and all(_plain(atom, found, access) for atom in way.atoms)


def _plain(atom: Node, found: Membership, access: Access, depth: int = 0) -> bool:
    """Whether a condition asks for a membership and nothing more: it reads the table, and compares no rank."""
    for kind, body in walk(atom):
        match kind:
            case "RangeVar" if access.helpers.relation(*range_var(body)) is not found.table:
                return False
            case "ColumnRef" if is_rank((names(body.get("fields")) or ("",))[-1]):
                return False
            case "A_Const" if body.get("sval", {}).get("sval") or "boolval" in body:
                return False
            case "FuncCall" if not _plain_call(body, found, access, depth):
                return False
    return True


def _plain_call(call: Node, found: Membership, access: Access, depth: int) -> bool:
    if access.helpers.unknown(call):
        return False
    function = access.helpers.find(call)
    if function is None:
        return True  # Postgres's or the platform's own
    body = body_of(function)
    if depth > 2 or not body.readable or body.dynamics:
        return False
    return all(_plain(tree, found, access, depth + 1) for tree in body.expressions)


def _ways(table: Table, access: Access) -> Iterator[tuple[str, Command, tuple[Demand, ...]]]:
    commands: tuple[Command, ...] = ("INSERT", "UPDATE")
    signed_in = [r for r in access.clients if not access.anonymous(r)]
    for command in commands:
        for role in signed_in or access.clients:
            if not access.exempt(role, table) and access.reach(role, command, table):
                yield role, command, new_rows(table, role, command, access) or ()
