"""What a transaction does to relations that others use: the locks it holds before its commit, and what it copied."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from policytool.catalog.model import Name

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

# The weakest first; up to ROW EXCLUSIVE nobody is stopped from reading and writing.
MODES: Final = (
    "AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock",
    "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock",
)  # fmt: skip
_LOCKS: Final = b"""
select relation::bigint, mode from pg_catalog.pg_locks
where locktype operator(pg_catalog.=) 'relation' and granted
  and pid operator(pg_catalog.=) pg_catalog.pg_backend_pid()
"""
_RELATIONS: Final = b"""
select c.oid::bigint, n.nspname, c.relname, c.relkind, c.relfilenode::bigint
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) c.relnamespace
where c.relkind operator(pg_catalog.=) any ('{r,p,v,m,f}') and c.relpersistence operator(pg_catalog.<>) 't'
  and n.nspname operator(pg_catalog.!~) '^pg_(catalog|toast)' and n.nspname operator(pg_catalog.<>) 'information_schema'
  and not exists (select from pg_catalog.pg_depend d where d.objid operator(pg_catalog.=) c.oid
    and d.classid operator(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
    and d.deptype operator(pg_catalog.=) 'e')
"""


class Relation(Struct, frozen=True, kw_only=True):
    """A table or view by its number, and the file that holds its rows (0: none)."""

    name: Name
    kind: str
    file: int


Relations = dict[int, Relation]
Locks = dict[int, str]  # by number, the strongest mode


def relations(connection: Connection) -> Relations:
    """The tables and views of a database that are neither the server's own nor an extension's."""
    rows = connection.execute(_RELATIONS).fetchall()
    return {oid: Relation(name=(schema, name), kind=kind, file=file) for oid, schema, name, kind, file in rows}


def held(connection: Connection) -> Locks:
    """The strongest lock on each relation that the connection's transaction holds now."""
    return strongest(connection.execute(_LOCKS).fetchall())


def strongest(found: Iterable[tuple[int, str]]) -> Locks:
    """Of several locks on a relation the strongest."""
    locks: Locks = {}
    for oid, mode in found:
        if mode in MODES:
            locks[oid] = max(mode, locks.get(oid, MODES[0]), key=MODES.index)
    return locks


def stops(mode: str) -> int:
    """How much a lock stops: 0 nothing that a client does, 1 writes, 2 reads, too."""
    rank = MODES.index(mode)
    return 2 if rank == len(MODES) - 1 else 1 if rank >= MODES.index("ShareLock") else 0


def copied(before: Relations, after: Relations) -> frozenset[int]:
    """The relations whose rows were written again into another file."""
    return frozenset(oid for oid, was in before.items() if oid in after and was.file and was.file != after[oid].file)
