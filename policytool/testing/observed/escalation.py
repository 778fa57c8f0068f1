"""What somebody reaches once they have written what they may: each write applied, and reach measured again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from policytool.access.privileged import consulted, ranked, sort_of
from policytool.catalog.keys import primary_key
from policytool.catalog.spelling import constant, identifier, qualified
from policytool.testing.observed.fresh import fresh, needed
from policytool.testing.observed.leaks import Finder, Gain, Leak, Step
from policytool.testing.observed.measure import Who
from policytool.testing.observed.people import MAINS, STRANGER
from policytool.testing.observed.probes import inserted, where
from policytool.testing.observed.readings import own_values
from policytool.testing.observed.stage import Item
from policytool.testing.observed.ties import Ties, highest, is_high, unique_keys, values_of
from policytool.testing.observed.wording import chain

if TYPE_CHECKING:
    from policytool.catalog.model import Column, Name, Table

_MOST: Final = 60  # second writes that are tried
Reached = Mapping[tuple["Name", str], frozenset[str]]


class Write(Struct, frozen=True, kw_only=True):
    """Something that somebody writes about themselves: a row that names them, or a column of their own row."""

    table: Name
    command: str
    sql: str
    check: str = ""  # a query that is true once it took effect
    column: str = ""
    value: str = ""
    group: bool = False  # it says where they belong
    values: Mapping[str, str | None] = {}
    less: Mapping[str, str | None] = {}  # of a new row no more than it needs
    item: Item | None = None


class Escalation:
    """Looks for chains of writes that end in more than there was at the start."""

    def __init__(self, finder: Finder) -> None:
        self.finder = finder
        self.stage, self.meter = finder.stage, finder.meter
        self.access, self.worlds = finder.access, finder.worlds
        self._left = _MOST

    def chains(self) -> Iterator[Leak]:
        """Every way to more; of those who do the same, the one who needs least."""
        seen: set[tuple[Name, str, str]] = set()
        for who in self._climbers():
            for leak in self._of(who):
                key = (leak.table, leak.command, leak.column)
                if key not in seen:
                    seen.add(key)
                    yield leak

    def _climbers(self) -> list[Who]:
        """A stranger, a member of another tenant, and colleagues of no rank."""
        people = [w for w in self.finder.whos if w.person is not None and w.role in self.access.clients]
        low = [w for w in people if w.person and w.person.kind == "colleague" and not is_high(w.person.rank)]
        return [w for name in (STRANGER, MAINS["a"]) for w in people if w.name == name] + low

    def _of(self, who: Who) -> Iterator[Leak]:
        base = self._reach(who)
        passed: list[Write] = []
        alone: set[str] = set()
        for write in self._writes(who):
            with self.stage.session.savepoint():
                if not self._applied(who, write):
                    continue
                alone.add(write.sql)
                decides = write.table in self.worlds.switches.gates  # policies of other tables go by it
                gains = self._gains(who, base, self._reach(who), write) if decides else ()
                leak = self._leak(who, (write,), gains)
            if leak is not None:
                yield self._lessened(who, write, base, leak)
            elif decides:
                passed.append(write)
        for first in passed:
            with self.stage.session.savepoint():
                if self._applied(who, first):
                    yield from self._second(who, first, base, alone)

    def _lessened(self, who: Who, write: Write, base: Reached, leak: Leak) -> Leak:
        """The leak by a row of the columns that it needs, if these will do."""
        if not write.less or write.less == write.values:
            return leak
        sql = inserted(self.access.catalog.tables[write.table], write.less)
        least = replace(write, sql=sql, values=write.less)
        with self.stage.session.savepoint():
            if self._applied(who, least):
                found = self._leak(who, (least,), self._gains(who, base, self._reach(who), least))
                return found if found is not None and found.gains == leak.gains else leak
        return leak

    def _second(self, who: Who, first: Write, base: Reached, alone: set[str]) -> Iterator[Leak]:
        """What may be written only now, and not by itself."""
        for write in self._writes(who):
            if self._left <= 0 or write.sql in alone or write.table not in self.worlds.switches.gates:
                continue
            self._left -= 1
            with self.stage.session.savepoint():
                if self._applied(who, write):
                    gains = self._gains(who, base, self._reach(who), write)
                    found = self._leak(who, (first, write), gains)
                    if found is not None and found.gains:
                        yield found

    # --- writes ------------------------------------------------------------------------------------------------------

    def _writes(self, who: Who) -> Iterator[Write]:
        for table in self.finder.tables():
            yield from self._joins(who, table)
            yield from self._changes(who, table)

    def _joins(self, who: Who, table: Table) -> Iterator[Write]:
        """Rows like those of another tenant, but that they name whoever makes them."""
        key = (table.schema, table.name)
        ties = self.worlds.ties[key]
        held = self.meter.prober.may(table, who.role, "INSERT")
        if not held or who.person is None or who.person.kind == "colleague" or not self._names(ties):
            return
        models = [i for i in self.stage.items(key) if i.world and not who.mine(i) and i.handle]
        for item in models[:1]:
            changes = own_values(who.person, self.stage, table)
            if item.row.items() >= changes.items() or not changes:
                continue
            values = fresh(table, item.row, held, changes)
            least = needed(table, self.finder.kept(table))
            for more in self._powers(table, ties, held):
                yield Write(
                    table=key,
                    command="INSERT",
                    sql=inserted(table, values | more),
                    values=values | more,
                    less={n: v for n, v in (values | more).items() if n in least},
                    column=next(iter(more), ""),
                    value=next((v for v in more.values() if v), ""),
                    group=bool(ties.groups),
                )

    def _names(self, ties: Ties) -> bool:
        return bool(ties.users) or any(
            k.table in self.worlds.ties and self.worlds.ties[k.table].single for k in ties.keys
        )

    def _powers(self, table: Table, ties: Ties, held: tuple[str, ...]) -> Iterator[dict[str, str | None]]:
        yield {}
        for column in table.columns:
            if column.name in ties.powers and column.name in held and not ties.groups:
                value = self._high(table, column, None)
                if value is not None:
                    yield {column.name: value}

    def _changes(self, who: Who, table: Table) -> Iterator[Write]:
        """Columns of one's own row that say where one belongs and what one may."""
        key = (table.schema, table.name)
        ties = self.worlds.ties[key]
        held = self.meter.prober.may(table, who.role, "UPDATE")
        mine = [i for i in self.stage.items(key) if who.name in i.people] if held else []
        keys = primary_key(table)
        for item in mine[:1]:
            for column in (c for c in table.columns if c.name in held):
                group = column.name in ties.groups or self._tenant(key, column.name)
                value = (
                    self._elsewhere(who, key, column.name) if group else self._raised(who, table, ties, column, item)
                )
                if value is None or value == item.row.get(column.name):
                    continue
                at = where(table, keys or tuple(item.row), item)
                name, column_name = qualified(*key), identifier(column.name)
                after = where(table, [k for k in keys if k != column.name], item)
                yield Write(
                    table=key,
                    command="UPDATE",
                    sql=f"update {name} set {column_name} = {constant(value)} where {at}",
                    check=f"select from {name} where {column_name}::text = {constant(value)} and {after}",
                    column=column.name,
                    value=value,
                    group=group,
                    values={column.name: value},
                    item=item,
                )

    def _tenant(self, key: Name, column: str) -> bool:
        """Whether a column of a table of people refers to tenants."""
        ties = self.worlds.ties[key]
        roots = {k.table for t in self.worlds.ties.values() for k in t.keys if set(k.columns) & set(t.groups)}
        return ties.single and any(column in k.columns and k.table in roots for k in ties.keys)

    def _elsewhere(self, who: Who, key: Name, column: str) -> str | None:
        """What the column holds in another tenant's row."""
        rows = (i.row.get(column) for i in self.stage.items(key) if i.world and not who.mine(i))
        return next((value for value in rows if value is not None), None)

    def _raised(self, who: Who, table: Table, ties: Ties, column: Column, item: Item) -> str | None:
        if sort_of(column.name) is None and column.name not in ties.powers:
            return None
        if not ties.single and who.person is not None and who.person.kind == "main" and ties.keys:
            return None  # in their own tenant they have every right already
        if any({column.name} == unique for unique in unique_keys(table)):
            return None
        return self._high(table, column, item.row.get(column.name))

    def _high(self, table: Table, column: Column, now: str | None) -> str | None:
        """The value to which somebody would raise it."""
        if column.type == "boolean":
            return "false" if now in ("t", "true") else "true"
        values = [v for v in values_of(column, table, self.access, self.worlds.switches) if v != now]
        if values:
            return highest(tuple(values))
        if column.type.startswith(("text", "character", "citext")):
            return "admin"
        return "1000000" if column.type in ("integer", "bigint", "numeric") else None

    # --- what comes of it --------------------------------------------------------------------------------------------

    def _applied(self, who: Who, write: Write) -> bool:
        answer = self.stage.session.attempt(who.identity, write.sql, keep=True)
        if not answer.ran or (write.command == "UPDATE" and not answer.rows):
            return False
        return not write.check or self.stage.session.bypass(write.check).rows > 0

    def _reach(self, who: Who) -> Reached:
        """The rows that somebody reaches now in tables that are somebody's, by what takes no row away."""
        found: dict[tuple[Name, str], frozenset[str]] = {}
        for table in self.finder.tables():
            key = (table.schema, table.name)
            items = self.stage.items(key)
            found[key, "SELECT"] = self.meter.select(who, table, items).reached
            for command, update in (("UPDATE", True), ("DELETE", False)):
                tried = self.finder.measured.get((key, who.key), ())
                if all(t.outcome.by == "grant" for t in tried if t.command == command):
                    continue
                first = next(self.meter.touch(who, table, items, update=update))
                found[key, command] = first.reached
        return found

    def _gains(self, who: Who, base: Reached, now: Reached, write: Write) -> tuple[Gain, ...]:
        found = []
        for (key, command), rows in now.items():
            before = base.get((key, command), frozenset())
            others = {i.id for i in self.stage.items(key) if i.world and not i.shared and who.name not in i.people}
            more = (rows - before) & others
            if more:
                found.append(
                    Gain(
                        table=f"{key[0]}.{key[1]}", command=command, before=len(before & others),
                        after=len((before & others) | more),
                    )
                )  # fmt: skip
        return tuple(found)

    def _leak(self, who: Who, writes: tuple[Write, ...], gains: tuple[Gain, ...]) -> Leak | None:
        last = writes[-1]
        table = self.access.catalog.tables[last.table]
        power = bool(last.column) and not last.group
        serious = power and self._serious(table, last.column, last.value)
        told = any(w.group or w.column for w in writes)
        if not serious and not (gains and told):
            return None
        steps = tuple(
            Step(who=who, sql=w.sql, command=w.command, table=w.table, item=w.item, values=w.values) for w in writes
        )
        mine = [i for i in self.stage.items(last.table) if who.name in i.people]
        return Leak(
            kind="promotes" if power else "enrols", table=last.table, command=last.command, who=who, steps=steps,
            victims=tuple(mine[:1]), sentence=chain(who, last, gains), gains=gains, column=last.column,
        )  # fmt: skip

    def _serious(self, table: Table, name: str, value: str) -> bool:
        """Whether a column is one of power for all that the schema shows, whether or not more rows came of it."""
        key, sort = (table.schema, table.name), sort_of(name)
        column = next(c for c in table.columns if c.name == name)
        switches = self.worlds.switches
        read = name in switches.gates.get(key, frozenset()) or name in switches.columns.get(key, frozenset())
        if sort in ("power", "role"):
            known = read or column.default is not None or ranked(table, column, self.access)
            return known and (self.worlds.ties[key].single or read) and value not in ("false",)
        return sort is not None and self.worlds.ties[key].single and consulted(table, name, self.access)
