"""Leaks: rows of one person or tenant that another reads, changes, deletes, or makes in their name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from policytool.catalog.keys import primary_key
from policytool.catalog.spelling import constant, identifier, literal, qualified
from policytool.testing.observed.design import open_by_design
from policytool.testing.observed.fresh import fresh, needed
from policytool.testing.observed.measure import Measured, Meter, Tried, Who
from policytool.testing.observed.people import MAINS, STRANGER
from policytool.testing.observed.probes import BYPASS, inserted, where
from policytool.testing.observed.stage import Item, Stage
from policytool.testing.observed.wording import describe, owner, shown, whose

if TYPE_CHECKING:
    from policytool.catalog.model import Name, Table

Kind = Literal["reads", "changes", "deletes", "forges", "gives away", "promotes", "enrols", "boasts", "door"]
_DOES: Final = {"SELECT": "reads", "UPDATE": "changes", "DELETE": "deletes"}


class Step(Struct, frozen=True, kw_only=True):
    """A statement of a leak, and who runs it: of which row (`item`), if of one alone, with which `values`."""

    who: Who
    sql: str
    command: str
    table: Name | None = None
    item: Item | None = None
    values: Mapping[str, str | None] = {}


class Gain(Struct, frozen=True, kw_only=True):
    """How many of others' rows of a table are within reach, before and after."""

    table: str
    command: str
    before: int
    after: int


class Leak(Struct, frozen=True, kw_only=True):
    """A way to what is somebody else's: by whom, at whose cost (`victims`), and the statements that show it."""

    kind: Kind
    table: Name
    command: str
    who: Who
    steps: tuple[Step, ...]
    victims: tuple[Item, ...]
    sentence: str
    also: tuple[str, ...] = ()  # who else does it
    gains: tuple[Gain, ...] = ()
    column: str = ""
    through: str = ""  # the view or function that is the door
    reads: tuple[Name, ...] = ()  # the tables behind it


class Finder:
    """Looks for leaks in what was measured, and tries what it takes to be sure."""

    def __init__(self, stage: Stage, meter: Meter, whos: tuple[Who, ...], measured: Measured) -> None:
        self.stage, self.meter, self.measured = stage, meter, measured
        self.whos = whos
        self.access, self.worlds = stage.access, stage.worlds
        clients = [role for role in self.access.clients if role != "public"]
        # From whoever needs least to whoever has most: a key, a stranger, a member of another tenant.
        self.suspects = sorted((w for w in whos if w.role in clients and _rank(w) is not None), key=_order)

    def tables(self) -> Iterator[Table]:
        for key in self.measured_tables:
            if key in self.worlds.tied:
                yield self.access.catalog.tables[key]

    @property
    def measured_tables(self) -> tuple[Name, ...]:
        return tuple(dict.fromkeys(key for key, _ in self.measured))

    def plain(self) -> Iterator[Leak]:
        """What can be read off the matrix, and forged rows."""
        for table in self.tables():
            for command in ("SELECT", "UPDATE", "DELETE"):
                yield from self._least(list(self._reached(table, command)))
            yield from self._least(list(self._forged(table)))
            yield from self._least(list(self._given_away(table)))

    def boasts(self) -> Iterator[Leak]:
        """What somebody reaches who writes the right words about themselves, and a stranger does not."""
        stranger = {w.role: w for w in self.whos if w.name == STRANGER}
        for who in self.whos:
            if who.person is None or who.person.kind != "boaster" or who.role not in stranger:
                continue
            for key in self.measured_tables:
                theirs = {i.id for i in self.stage.items(key) if who.name in i.people}
                for tried in self.measured[key, who.key]:
                    before = self.reached(key, stranger[who.role], tried.command)
                    gained = tried.reached - before - theirs if tried.outcome.kind == "allowed" else frozenset()
                    if gained and tried.command in _DOES:
                        yield self._boast(who, key, tried, gained)
                        break

    def _boast(self, who: Who, key: Name, tried: Tried, gained: frozenset[str]) -> Leak:
        claim = next((c for c in who.person.claims or {} if c == "user_metadata"), "") if who.person else ""
        rows = tuple(i for i in self.stage.items(key) if i.id in gained)
        said = f"a stranger whose {claim} says {who.person.rank!r}" if who.person else who.name
        return Leak(
            kind="boasts", table=key, command=tried.command, who=who, victims=rows[:1],
            steps=(self._shown_by(who, self.access.catalog.tables[key], tried, rows[0]),),
            sentence=f"{said} {_DOES[tried.command]} rows of {shown(key)}; users write their user_metadata themselves",
        )  # fmt: skip

    # --- read off ----------------------------------------------------------------------------------------------------

    def _reached(self, table: Table, command: str) -> Iterator[Leak]:
        key = (table.schema, table.name)
        for who in self.suspects:
            foreign = self.foreign(who, key)
            got = [i for i in foreign if i.id in self.reached(key, who, command)]
            if not got or (command == "SELECT" and self._meant(table, who, len(got) == len(foreign))):
                continue
            tried = next(t for t in self.measured[key, who.key] if t.command == command and got[0].id in t.reached)
            step = self._shown_by(who, table, tried, got[0])
            yield Leak(
                kind=_kind(_DOES[command]), table=key, command=command, who=who, steps=(step,), victims=tuple(got[:1]),
                sentence=f"{describe(who)} {_DOES[command]} {whose(got[0])} row of {shown(key)}",
            )  # fmt: skip

    def _meant(self, table: Table, who: Who, every: bool) -> bool:
        """Whether reading is meant to be open: said so, or for some rows by what is in them."""
        if not table.rls_enabled:
            return False
        return not every or open_by_design(self.access, who.role, table, "SELECT")

    def _shown_by(self, who: Who, table: Table, tried: Tried, item: Item) -> Step:
        """The statement for one row, if that will do; else as it was tried."""
        reads = self.meter.prober.may(table, who.role, "SELECT")
        keys = primary_key(table)
        columns = keys if keys and set(keys) <= set(reads) else reads
        if tried.command == "SELECT":
            shown = ", ".join(map(identifier, reads[:4])) if len(reads) < len(table.columns) else "*"
            found = f"select {shown} from {qualified(table.schema, table.name)}"
            asked = f" where {where(table, columns, item)}" if columns else ""
            alone = item if columns else None
            return Step(who=who, sql=found + asked, command="SELECT", table=item.table, item=alone)
        sql = tried.sql.split(" where (")[0].split(" returning ")[0]
        if columns:
            narrow = f"{sql} where {where(table, columns, item)}"
            if self.meter.attempt(who, narrow).rows:
                return Step(
                    who=who, sql=narrow, command=tried.command, table=item.table, item=item, values=tried.values
                )
        return Step(who=who, sql=sql, command=tried.command, table=item.table, values=tried.values)

    # --- tried -------------------------------------------------------------------------------------------------------

    def _forged(self, table: Table) -> Iterator[Leak]:
        """Rows that name somebody else and nobody who makes them."""
        key = (table.schema, table.name)
        named = self.worlds.ties[key].users
        for who in self.suspects:
            meant = not named and open_by_design(self.access, who.role, table, "INSERT")
            passed = self.reached(key, who, "INSERT")
            victims = [i for i in self.foreign(who, key) if i.id in passed and i.handle]
            if not victims or meant:
                continue
            item = victims[0]
            step, row = self._inserted(who, table, item)
            if row is None or (named and any(who.person and who.person.number("uuid") == row.get(c) for c in named)):
                continue
            if named and all(row.get(c) != item.row.get(c) for c in named):
                continue
            yield Leak(
                kind="forges", table=key, command="INSERT", who=who, steps=(step,), victims=(item,),
                sentence=f"{describe(who)} inserts a row of {shown(key)} as {owner(item)}",
            )  # fmt: skip

    def _inserted(self, who: Who, table: Table, item: Item) -> tuple[Step, Mapping[str, str | None] | None]:
        """A valid row like another, and what it held once triggers were done with it; None where it did not go in."""
        held = self.meter.prober.may(table, who.role, "INSERT")
        values = fresh(table, item.row, held)
        least = needed(table, self.kept(table))
        # What has a default is left out, unless the policy wants more.
        for some in ({n: v for n, v in values.items() if n in least}, values):
            sql = inserted(table, some)
            row = self.added(who, table, sql)
            if row is not None:
                break
        return Step(who=who, sql=sql, command="INSERT", table=item.table, values=some), row

    def kept(self, table: Table) -> frozenset[str]:
        """The columns that say whose a row is, and what it makes of them."""
        ties = self.worlds.ties[table.schema, table.name]
        return frozenset((*ties.users, *ties.powers, *(c for k in ties.keys for c in k.columns)))

    def added(self, who: Who, table: Table, sql: str) -> Mapping[str, str | None] | None:
        """The row that a statement adds, as stored; None where it adds none."""
        name = qualified(table.schema, table.name)
        shown = ", ".join(f"{identifier(c.name)}::text" for c in table.columns)
        old = ", ".join(literal(i.id) for i in self.stage.items((table.schema, table.name)))
        new = f" where tableoid::text || ctid::text not in ({old})" if old else ""
        answer = self.meter.attempt(who, f"{sql}; {BYPASS}; select {shown} from {name}{new}")
        if not answer.ran or not answer.values:
            return None
        return dict(zip((c.name for c in table.columns), answer.values[0], strict=True))

    def _given_away(self, table: Table) -> Iterator[Leak]:
        """Rows of one's own that one may put in another's name, or into another tenant."""
        key = (table.schema, table.name)
        ties = self.worlds.ties[key]
        columns = self.access.row_filter("authenticated", table, "UPDATE").columns if table.rls_enabled else ()
        for who in (w for w in self.suspects if w.person is not None and w.person.kind == "main"):
            mine = [i for i in self.stage.items(key) if who.mine(i) and i.id in self.reached(key, who, "UPDATE")]
            other = next((i for i in self.stage.items(key) if i.world and not who.mine(i) and i.handle), None)
            settable = self.meter.prober.may(table, who.role, "UPDATE")
            wanted = [
                c for c in columns if c in settable and (c in ties.users or any(c in k.columns for k in ties.keys))
            ]
            if not mine or other is None or not wanted:
                continue
            item = next((i for i in mine if i.handle), mine[0])
            sets = ", ".join(f"{identifier(c)} = {constant(other.row.get(c))}" for c in wanted)
            keys = primary_key(table) or tuple(item.row)
            # With a filter the new row must be one that may be read; without one that is not asked.
            unfiltered = f"update {qualified(*key)} set {sets}"
            for sql in (f"{unfiltered} where {where(table, keys, item)}", unfiltered):
                now = self.added(who, table, sql)
                if now is not None and all(now.get(c) == other.row.get(c) for c in wanted):
                    break
            else:
                continue
            yield Leak(
                kind="gives away", table=key, command="UPDATE", who=who, victims=(item, other), column=wanted[0],
                steps=(
                    Step(
                        who=who, sql=sql, command="UPDATE", table=key, item=None if sql == unfiltered else item,
                        values={c: other.row.get(c) for c in wanted},
                    ),
                ),
                sentence=f"{describe(who, own=True)} gives a row of {shown(key)} away: it becomes {whose(other)}",
            )  # fmt: skip

    # --- rows --------------------------------------------------------------------------------------------------------

    def foreign(self, who: Who, key: Name) -> list[Item]:
        """Rows that are somebody else's, in another tenant."""
        items = self.stage.items(key)
        return [i for i in items if i.world and not i.shared and not who.mine(i) and who.name not in i.people]

    def reached(self, key: Name, who: Who, command: str) -> frozenset[str]:
        """The ids of the rows that somebody reached by a command."""
        tried = self.measured.get((key, who.key), ())
        return frozenset[str]().union(*(t.reached for t in tried if t.command == command))

    def _least(self, found: list[Leak]) -> Iterator[Leak]:
        """One leak for all who do the same, shown by whoever needs least for it."""
        if found:
            others = tuple(
                dict.fromkeys(describe(leak.who) for leak in found[1:] if leak.who.name != found[0].who.name)
            )
            yield replaced(found[0], also=others)


def replaced(leak: Leak, **changes: object) -> Leak:
    from msgspec.structs import replace

    return replace(leak, **changes)


def _kind(text: str) -> Kind:
    return "reads" if text == "reads" else "changes" if text == "changes" else "deletes"


def _rank(who: Who) -> int | None:
    if who.person is None:
        return 0
    return {STRANGER: 1, MAINS["a"]: 2}.get(who.name)


def _order(who: Who) -> int:
    return _rank(who) or 0
