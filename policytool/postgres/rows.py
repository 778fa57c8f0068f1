"""What the tables of a database hold, in a form in which two moments of it can be compared."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from policytool.catalog.model import Name
from policytool.catalog.spelling import identifier, qualified

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

# A generated column is worked out again; what extensions own is not the project's.
_COLUMNS: Final = b"""
select c.oid::bigint, n.nspname, c.relname, a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) c.relnamespace
left join pg_catalog.pg_attribute a on a.attrelid operator(pg_catalog.=) c.oid
  and a.attnum operator(pg_catalog.>) 0 and not a.attisdropped and a.attgenerated operator(pg_catalog.=) ''
where c.relkind operator(pg_catalog.=) 'r' and c.relpersistence operator(pg_catalog.<>) 't'
  and n.nspname operator(pg_catalog.!~) '^pg_(catalog|toast)' and n.nspname operator(pg_catalog.<>) 'information_schema'
  and not exists (select from pg_catalog.pg_depend d where d.objid operator(pg_catalog.=) c.oid
    and d.classid operator(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
    and d.deptype operator(pg_catalog.=) 'e')
order by 1, 4
"""


class Values(Struct, frozen=True, kw_only=True):
    """A column of a table: how many rows have a value in it, and a digest of them all."""

    name: str
    type: str
    filled: int
    digest: str | None


class Held(Struct, frozen=True, kw_only=True):
    """The rows of one table, those of its children left out."""

    name: Name
    rows: int
    columns: dict[int, Values]  # by number, which a renamed column keeps


Contents = dict[int, Held]  # by number, which a renamed table keeps
_Columns = dict[int, tuple[str, str]]


def contents(connection: Connection, also: Collection[int] = ()) -> Contents:
    """The tables that have rows, and those of these numbers."""
    tables: dict[int, tuple[Name, _Columns]] = {}
    with connection.transaction():
        connection.execute("set local search_path = ''")
        for oid, schema, name, number, column, kind in connection.execute(_COLUMNS).fetchall():
            columns = tables.setdefault(oid, ((schema, name), {}))[1]
            if number is not None:
                columns[number] = (column, kind)
        found = {oid: _held(connection, name, columns) for oid, (name, columns) in tables.items()}
    return {oid: one for oid, one in found.items() if one.rows or oid in also}


def _held(connection: Connection, name: Name, columns: _Columns) -> Held:
    sums = "".join(f", pg_catalog.count({c}), {_digest(c)}" for c in (identifier(n) for n, _ in columns.values()))
    # An empty table is left before anything of its columns is worked out.
    query = f"select pg_catalog.count(*){sums} from only {qualified(*name)}"
    row = connection.execute(query.encode()).fetchone() or (0,)
    pairs = zip(row[1::2], row[2::2], strict=True)
    return Held(
        name=name,
        rows=row[0],
        columns={
            number: Values(name=column, type=kind, filled=filled, digest=digest)
            for (number, (column, kind)), (filled, digest) in zip(columns.items(), pairs, strict=True)
        },
    )


def _digest(column: str) -> str:
    # concat() asks the type's own output: a cast to text might be a function of the project's, run as a superuser.
    text = f"pg_catalog.md5(pg_catalog.concat({column}))"
    return f"pg_catalog.md5(pg_catalog.string_agg({text}, '' order by {text} collate pg_catalog.\"C\"))"


class Lost(Struct, frozen=True, kw_only=True):
    """Rows of a table, or values of a column of it, that are not there any more."""

    table: Name
    column: str | None
    message: str


def lost(before: Contents, after: Contents, renamed: dict[Name, Name]) -> Iterator[Lost]:
    """What is gone or changed, a table by its number or, where it was made again, by its name."""
    names = {held.name: held for held in after.values()}
    for oid, was in before.items():
        table = qualified(*was.name)
        now = after.get(oid) or names.get(renamed.get(was.name, was.name))
        if now is None or now.rows < was.rows:
            kept = f"only {now.rows} of the" if now is not None and now.rows else "none of the"
            message = f"{kept} {was.rows} rows of {table} {'are' if was.rows > 1 else 'is'} left"
            yield Lost(table=was.name, column=None, message=message)
        elif now.rows == was.rows:
            yield from _values(was, now, same=oid in after)


def _values(was: Held, now: Held, *, same: bool) -> Iterator[Lost]:
    names = {values.name: values for values in now.columns.values()}
    for number, old in was.columns.items():
        new = now.columns.get(number) if same else None
        new = new or names.get(old.name)
        column = f"{qualified(*was.name)}.{identifier(old.name)}"
        if new is None:
            if old.filled:
                yield Lost(table=was.name, column=old.name, message=f"the values of {column} are gone")
        elif new.type == old.type and new.digest != old.digest:
            yield Lost(table=was.name, column=old.name, message=f"the values of {column} are not what they were")
        elif new.filled < old.filled:
            yield Lost(
                table=was.name, column=old.name, message=f"{old.filled - new.filled} values of {column} are gone"
            )
