"""The worlds on a server: rows planted, read back, and each known for whose it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from policytool.catalog.keys import primary_key
from policytool.catalog.spelling import identifier, qualified
from policytool.postgres.entitled import Actors
from policytool.postgres.seeding import Harvest, Ref, Wanted, plant
from policytool.postgres.session import Session, open_session
from policytool.testing.observed.people import Person, World
from policytool.testing.observed.ties import USERS, Key, Ties
from policytool.testing.observed.worlds import Row, Worlds, handle

if TYPE_CHECKING:
    from policytool.access import Access
    from policytool.catalog.model import Name, Table

_ATTEMPTS: Final = 4
_LARGEST: Final = 500  # rows of a table that a migration filled: more are not looked at one by one
_LET_GO: Final = """
do $policytool$
declare found record;
begin
  for found in
    select c.conname, c.conrelid::pg_catalog.regclass as place from pg_catalog.pg_constraint c
    join pg_catalog.pg_class t on t.oid = c.conrelid
    where c.contype = 'f' and c.conparentid = 0 and t.relnamespace::pg_catalog.regnamespace::text !~ '^pg_'
  loop
    begin
      execute pg_catalog.format('alter table %s drop constraint %I', found.place, found.conname);
    exception when others then null;
    end;
  end loop;
end $policytool$
"""


class Item(Struct, frozen=True, kw_only=True):
    """A row that is there: where (`id`), what is in it, in whose world it is, and the people whom it names."""

    id: str
    table: Name
    row: Mapping[str, str | None]
    world: World = ""
    people: frozenset[str] = frozenset()
    above: frozenset[str] = frozenset()  # people whom the rows name that it refers to
    handle: str = ""
    shared: bool = False  # of a tenant that people of both worlds belong to

    @property
    def name(self) -> str:
        """What it is called in another state of the schema, too: as it was planted, else by whose it is."""
        if self.handle:
            return self.handle.partition(".")[2]
        return f"a row of {', '.join(sorted(self.people)) or self.world or 'nobody'}"


class Held(Struct, frozen=True, kw_only=True):
    """The rows of a table; None of a table that cannot be read, or that holds too many."""

    items: tuple[Item, ...]
    why: str = ""  # why it has no row of some world

    @property
    def tied(self) -> bool:
        """Whether some row is somebody's."""
        return any(item.world or item.people for item in self.items)


class Stage(Struct, frozen=True, kw_only=True):
    """A session on a database that holds the worlds."""

    session: Session
    access: Access
    worlds: Worlds
    held: Mapping[Name, Held]
    planted: Mapping[str, Mapping[str, str | None]]
    failed: Mapping[str, str]
    login: str = ""  # who logs in, and by itself has what PUBLIC has

    def items(self, key: Name) -> tuple[Item, ...]:
        return self.held[key].items if key in self.held else ()

    @contextmanager
    def loose(self) -> Iterator[None]:
        """Without foreign keys, so that a statement reaches rows and does not stop at what refers to them."""
        with self.session.savepoint():
            self.session.bypass(_LET_GO, keep=True)
            yield


@contextmanager
def stage(actors: Actors, access: Access, worlds: Worlds) -> Iterator[Stage]:
    """Plant the worlds, and open a transaction to measure in."""
    with open_session(actors) as session:
        with session.seeded() as connection:
            harvest = _planted(worlds, access, lambda wanted: plant(connection, access.catalog, wanted))
        for view in access.catalog.views.values():
            if view.materialized and view.origin is None:
                with session.transaction():
                    ran = session.bypass(f"refresh materialized view {qualified(view.schema, view.name)}").ran
                if ran:
                    with session.seeded() as connection:
                        connection.execute(f"refresh materialized view {qualified(view.schema, view.name)}".encode())
        planted = {name: row.row for name, row in harvest.rows.items()}
        with session.transaction():
            held = _held(session, access, worlds, planted, harvest.failed)
            yield Stage(
                session=session,
                access=access,
                worlds=worlds,
                held=held,
                planted=planted,
                failed=harvest.failed,
                login=actors.user,
            )


def _planted(worlds: Worlds, access: Access, make: Callable[[list[Wanted]], Harvest]) -> Harvest:
    """Rows that fail are tried again in other ways, and what refers to them with them."""
    found = make([row.wanted for row in worlds.rows])
    by_handle = {row.wanted.handle: row for row in worlds.rows}
    for attempt in range(_ATTEMPTS):
        if not found.failed:
            break
        again = []
        for name in found.failed:
            ways = list(_ways(by_handle[name], worlds, access))
            if attempt < len(ways) or "has no row" in found.failed[name]:
                given = ways[attempt] if attempt < len(ways) else by_handle[name].wanted.given
                again.append(replace(by_handle[name].wanted, given=_settled(given, found)))
        more = make(again)
        failed = {n: w for n, w in {**found.failed, **more.failed}.items() if n not in more.rows}
        found = Harvest(rows={**found.rows, **more.rows}, failed=failed)
    return found


def _settled(given: Mapping[str, str | Ref | None], found: Harvest) -> dict[str, str | Ref | None]:
    """References to rows that are there by now are what these hold."""
    settled = dict(given)
    for column, value in given.items():
        if isinstance(value, Ref) and value.column and value.handle in found.rows:
            settled[column] = found.rows[value.handle].row[value.column]
    return settled


def _ways(row: Row, worlds: Worlds, access: Access) -> Iterator[Mapping[str, str | Ref | None]]:
    """Other ways to fill a row: with somebody else in further columns for people, with one parent of several."""
    wanted = row.wanted
    ties = worlds.ties.get(wanted.table)
    if ties is None:
        return
    spare = [p for p in worlds.bystanders if p.world == row.world]
    columns = [c for c in ties.users if c in wanted.given]
    if columns and spare:
        given = {c: spare[0].number("uuid") for c in (columns[1:] or columns)}
        yield {**wanted.given, **given}
    optional = {c.name for c in access.catalog.tables[wanted.table].columns if not c.not_null}
    keys = [[c for c in k.columns if c in optional] for k in ties.keys]
    keys = [columns for columns in keys if columns and any(c in wanted.given for c in columns)]
    for kept in keys if len(keys) > 1 else ():
        gone = {c for columns in keys if columns is not kept for c in columns} - set(kept)
        yield {c: v for c, v in wanted.given.items() if c not in gone}
    yield {c: v for c, v in wanted.given.items() if not any(c in columns for columns in keys)}


# --- whose each row is ----------------------------------------------------------------------------------------------


def ids(relation: str) -> str:
    """A query of where each row of a table is."""
    return f"select tableoid::text || ctid::text from {relation}"


def _held(
    session: Session, access: Access, worlds: Worlds, planted: Mapping[str, Mapping[str, str | None]],
    failed: Mapping[str, str],
) -> dict[Name, Held]:  # fmt: skip
    tables = access.catalog.tables
    keys = [USERS] if USERS in tables else []
    order = dict.fromkeys([*keys, *(row.wanted.table for row in worlds.rows), *worlds.ties])
    reader = _Reader(session, worlds, planted, tables)
    found = {key: reader.table(tables[key], failed) for key in order if key in tables}
    if not reader.adopt(found):
        return found
    return {key: reader.table(tables[key], failed) for key in order if key in tables}


class _Reader:
    def __init__(
        self, session: Session, worlds: Worlds, planted: Mapping[str, Mapping[str, str | None]],
        tables: Mapping[Name, Table],
    ) -> None:  # fmt: skip
        self._session, self._worlds, self._tables = session, worlds, tables
        self._shared: set[tuple[Name, str]] = set()
        self._adopted: dict[tuple[Name, str], Item] = {}  # (table, id) → the row by which it is somebody's
        self._people: dict[str, Person] = {}
        for who in (*worlds.people, *worlds.bystanders):
            self._people |= {who.number("uuid"): who, who.number("integer"): who, who.email: who}
        wanted = {row.wanted.handle: row for row in worlds.rows}
        self._by_row: dict[tuple[Name, tuple[str | None, ...]], tuple[str, World]] = {}
        for name, row in planted.items():
            one = wanted[name]
            self._by_row[one.wanted.table, self._known_by(one.wanted.table, row)] = (name, one.world)
        self._by_key: dict[tuple[Name, tuple[str, ...], tuple[str | None, ...]], Item] = {}

    def _known_by(self, key: Name, row: Mapping[str, str | None]) -> tuple[str | None, ...]:
        """What a row is known by: its key, which triggers leave alone, else all that is in it."""
        table = self._tables[key]
        return tuple(row.get(c) for c in primary_key(table) or tuple(c.name for c in table.columns))

    def adopt(self, found: Mapping[Name, Held]) -> bool:
        """Tenants that a trigger made are those of their members; where these are of both worlds, nobody's."""
        members: dict[tuple[Name, str], set[World]] = {}
        for key, ties in self._worlds.ties.items():
            for item in found[key].items if key in found and ties.groups else ():
                for above in self._above(
                    replace(ties, keys=tuple(k for k in ties.keys if self._groups(k, ties))), item.row
                ):
                    if not above.handle and not above.people and (item.world or item.people):
                        self._adopted[above.table, above.id] = item
                        members.setdefault((above.table, above.id), set()).add(item.world)
        self._shared = {place for place, found_ in members.items() if {"a", "b"} <= found_}
        return bool(self._adopted)

    def _groups(self, key: Key, ties: Ties) -> bool:
        return bool(set(key.columns) & set(ties.groups))

    def table(self, table: Table, failed: Mapping[str, str]) -> Held:
        key = (table.schema, table.name)
        names = [c.name for c in table.columns]
        shown = "".join(f", {identifier(n)}::text" for n in names)
        sql = f"select tableoid::text || ctid::text{shown} from {qualified(*key)} limit {_LARGEST + 1}"
        answer = self._session.bypass(sql)
        if not answer.ran or answer.rows > _LARGEST:
            why = f"it holds more than {_LARGEST} rows" if answer.ran else answer.message
            return Held(items=(), why=why)
        items = tuple(self._item(key, names, values) for values in answer.values)
        missing = [failed[handle(key, who)] for who in ("a", "b") if handle(key, who) in failed]
        return Held(items=items, why=missing[0] if missing else "")

    def _item(self, key: Name, names: Sequence[str], values: tuple[str | None, ...]) -> Item:
        row = dict(zip(names, values[1:], strict=True))
        name, world = self._by_row.get((key, self._known_by(key, row)), ("", ""))
        ties = self._worlds.ties.get(key, Ties(users=("id",) if key == USERS else (), keys=()))
        people = {who.name: who for value in values[1:] if value and (who := self._people.get(value))}
        above = list(self._above(ties, row))
        world = world or next((who.world for who in people.values() if who.world), "")
        world = world or next((item.world for item in above if item.world), "")
        named = {*people, *(p for item in above for p in item.people)} if not people else set(people)
        member = self._adopted.get((key, values[0] or ""))
        if member is not None:
            world, named = member.world, named if member.world else set(member.people)
        unknown = ties.single and not named and not world  # a person whom seeding made up, for all to refer to
        shared = unknown or (key, values[0] or "") in self._shared or any(item.shared for item in above)
        found = Item(
            id=values[0] or "", table=key, row=row, world=world, people=frozenset(named), handle=name, shared=shared,
            above=frozenset(p for item in above for p in item.people | item.above),
        )  # fmt: skip
        self._remember(key, names, found)
        return found

    def _above(self, ties: Ties, row: Mapping[str, str | None]) -> Iterator[Item]:
        for key in ties.keys:
            item = self._by_key.get((key.table, key.far, tuple(row.get(c) for c in key.columns)))
            if item is not None:
                yield item

    def _remember(self, key: Name, names: Iterable[str], item: Item) -> None:
        for far in {k.far for t in self._worlds.ties.values() for k in t.keys if k.table == key}:
            self._by_key[key, far, tuple(item.row.get(c) for c in far)] = item
