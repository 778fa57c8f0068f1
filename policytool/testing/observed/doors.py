"""Views: whose rows they show, and what is written by way of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from policytool.access.row_filter import COMMANDS
from policytool.access.updatable import base_table, commands
from policytool.access.views import protected_below, stored_below, ties_to_caller
from policytool.catalog.expression.references import references
from policytool.catalog.spelling import constant, identifier, qualified
from policytool.testing.observed.cells import Observed, Tuple, cells
from policytool.testing.observed.leaks import Finder, Leak, Step
from policytool.testing.observed.measure import Tried, Who
from policytool.testing.observed.people import World
from policytool.testing.observed.probes import BYPASS
from policytool.testing.observed.stage import Held, Item, ids
from policytool.testing.observed.wording import describe, possessive
from policytool.testing.outcomes import Outcome, outcome

if TYPE_CHECKING:
    from policytool.catalog.model import Name, Table, View

_TELLING = 6  # letters that a value must have to tell whose it is
_COPIES = 12
_NO_TABLE = "55000"  # the view cannot be written to


class Measures(Struct, frozen=True, kw_only=True):
    """What a view gave to whom, with its rows as items."""

    view: View
    held: Held
    tried: Mapping[Who, Tuple]


class Doors:
    """Tries the views of a stage."""

    def __init__(self, finder: Finder) -> None:
        self.finder, self.stage, self.meter = finder, finder.stage, finder.meter
        self.access = finder.access
        self.whose = self._telling()

    def _telling(self) -> dict[str, tuple[Item, ...]]:
        """Values that stand in rows of one world alone, and these rows."""
        found: dict[str, tuple[Item, ...]] = {}
        worlds: dict[str, set[str]] = {}
        for key in self.finder.measured_tables:
            for item in self.stage.items(key):
                for value in item.row.values():
                    if value is None or len(value) < _TELLING or not (item.world or item.people):
                        continue
                    worlds.setdefault(value, set()).add(item.world)
                    found[value] = (*found.get(value, ()), item)
        return {v: items for v, items in found.items() if len(worlds[v]) == 1 and not _common(v)}

    # --- views -------------------------------------------------------------------------------------------------------

    def view(self, view: View, whos: tuple[Who, ...]) -> Measures:
        """What everybody gets of a view, and what they may write by way of it."""
        name = qualified(view.schema, view.name)
        columns = [c.name for c in view.columns]
        answers = {who: self.meter.attempt(who, self._select(view, who)) for who in whos}
        everything = self.stage.session.bypass(f"select {', '.join(map(_as_text, columns))} from {name}")
        # Who gets as many rows as there are gets all of them, whatever is masked in them.
        whole = {who for who, answer in answers.items() if everything.ran and answer.rows == everything.rows}
        partly = [answer for who, answer in answers.items() if who not in whole]
        rows = {values for answer in (everything, *partly) for values in answer.values}
        alike = len(set(everything.values)) < len(everything.values)  # it shows too little to tell rows apart
        same = {who: len(answers[who].columns) == len(columns) for who in whos}
        items = tuple(
            self._item(view, columns, values) for values in sorted(rows, key=str) if len(values) == len(columns)
        )
        # A view that shows each person something else, and not whose it is, shows too little as well.
        alike |= everything.rows == 0 and any(not item.world and not item.people for item in items)
        by_values = {item.id: item for item in items}
        tried: dict[Who, Tuple] = {}
        for who, answer in answers.items():
            told = same[who] and (not alike or answer.rows in (0, everything.rows))
            given = everything.values if who in whole else answer.values
            reached = frozenset(str(v) for v in given if str(v) in by_values) if told else frozenset[str]()
            said = outcome(answer)
            selected = Tried(
                command="SELECT", shape="unfiltered", outcome=said, reached=reached, message=answer.message,
                sure=told or not answer.ran, sql=f"select * from {name}",
            )  # fmt: skip
            tried[who] = (selected, *self._written(view, who))
        return Measures(view=view, held=Held(items=items, why=everything.message), tried=tried)

    def _select(self, view: View, who: Who) -> str:
        held = self.meter.prober.columns.get(((view.schema, view.name), who.role, "SELECT"), frozenset())
        shown = [c.name for c in view.columns if c.name in held] or [c.name for c in view.columns]
        return f"select {', '.join(map(_as_text, shown))} from {qualified(view.schema, view.name)}"

    def _item(self, view: View, columns: list[str], values: tuple[str | None, ...]) -> Item:
        told = [item for v in values for item in self.whose.get(v or "", ())]
        world: World = next((i.world for i in told if i.world), "")
        people = frozenset(p for v in values for p in self._people_of(self.whose.get(v or "", ())))
        row = dict(zip(columns, values, strict=True))
        return Item(id=str(values), table=(view.schema, view.name), row=row, world=world, people=people)

    def _people_of(self, items: tuple[Item, ...]) -> frozenset[str]:
        """The people whom all rows name that hold a value."""
        return frozenset.intersection(*(i.people for i in items)) if items else frozenset()

    def _written(self, view: View, who: Who) -> Iterator[Tried]:
        """UPDATE and DELETE by way of a view end in a table, whose rows are looked at; INSERT takes what it shows."""
        base = base_table(view, self.access) if not view.materialized else None
        if base is None:
            yield from (self._refused(view, who, c) for c in commands(view) if not view.materialized)
            return
        table = base[1]
        key = (table.schema, table.name)
        known = {item.id for item in self.stage.items(key)}
        if "INSERT" in commands(view):
            yield self._entered(view, who, base[1])
        for command in (c for c in commands(view) if c in ("UPDATE", "DELETE")):
            sql = self._statement(view, who, command)
            answer = self.meter.attempt(who, f"{sql}; {BYPASS}; {ids(qualified(*key))}")
            said = outcome(answer, command)
            reached = frozenset(known - {v[0] for v in answer.values if v[0]}) if answer.ran else frozenset[str]()
            if answer.ran:
                said = Outcome(kind="allowed" if reached else "filtered", rows=len(reached))
            yield Tried(
                command=command, shape="unfiltered", outcome=said, reached=reached, message=answer.message, sql=sql,
                sure=answer.ran or said.by == "grant",
            )  # fmt: skip

    def _refused(self, view: View, who: Who, command: str) -> Tried:
        """A write to a view that leads to no table."""
        sql = self._statement(view, who, command)
        answer = self.meter.attempt(who, sql)
        said = outcome(answer, command)
        if answer.sqlstate == _NO_TABLE:
            said = Outcome(kind="denied", by="grant")
        return Tried(command=command, shape="unfiltered", outcome=said, message=answer.message, sql=sql)

    def _entered(self, view: View, who: Who, table: Table) -> Tried:
        """Copies of the table's rows, as far as the view has the columns and the role may write them."""
        held = self.meter.prober.columns.get(((view.schema, view.name), who.role, "INSERT"), frozenset())
        outcomes: dict[str, Outcome] = {}
        message, sql = "", ""
        for item in self.stage.items((table.schema, table.name))[:_COPIES]:
            free = {c.name for c in table.columns if c.generated is None and c.identity != "ALWAYS"}
            names = [
                c.name for c in view.columns if c.name in item.row and c.name in free and (c.name in held or not held)
            ]
            shown = ", ".join(map(identifier, names))
            values = ", ".join(constant(item.row[n]) for n in names)
            sql = f"insert into {qualified(view.schema, view.name)} ({shown}) values ({values})"
            answer = self.meter.attempt(who, sql)
            outcomes[item.id], message = outcome(answer, "INSERT"), message or answer.message
            if outcomes[item.id].by == "grant" or not names:
                break
        reached = frozenset(i for i, o in outcomes.items() if o.passed_policies)
        said = next((o for o in outcomes.values() if o.passed_policies), None) or next(
            iter(outcomes.values()), Outcome(kind="error")
        )
        return Tried(
            command="INSERT", shape="unfiltered", outcome=said, reached=reached, message=message, sql=sql,
            among=frozenset(outcomes),
        )  # fmt: skip

    def _statement(self, view: View, who: Who, command: str) -> str:
        name = qualified(view.schema, view.name)
        if command == "DELETE":
            return f"delete from {name}"
        if command == "INSERT":
            return f"insert into {name} default values"
        held = self.meter.prober.columns.get(((view.schema, view.name), who.role, "UPDATE"), frozenset())
        column = next((c.name for c in view.columns if c.name in held), view.columns[0].name if view.columns else "")
        return f"update {name} set {identifier(column)} = {identifier(column)}"

    def cells(self, found: Measures) -> Iterator[Observed]:
        """The cells of a view: by what it shows, and by what is written to its table."""
        view = found.view
        name = f"{view.schema}.{view.name}"
        elsewhere = sorted(references(view.definition).tables - self.finder.worlds.ties.keys())
        elsewhere = [key for key in elsewhere if key in self.access.catalog.tables]
        for cell in cells(name, found.held, found.tried, ("SELECT",), kind="view"):
            if cell.access == "none" and cell.why == "filtered" and elsewhere:
                why = f"it reads {elsewhere[0][0]}.{elsewhere[0][1]}, whose rows are of nobody in these worlds"
                yield replace(cell, access=None, why=why)
            else:
                yield cell
        base = base_table(view, self.access) if not view.materialized else None
        if base is not None:
            held = self.stage.held.get((base[1].schema, base[1].name), Held(items=()))
            wanted = [c for c in COMMANDS if c in commands(view) and c != "SELECT"]
            yield from cells(name, held, found.tried, wanted, kind="view")
        elif not view.materialized:
            yield from cells(name, found.held, found.tried, commands(view), kind="view")

    def leaks(self, found: Measures) -> Iterator[Leak]:
        """Rows that a view shows, or lets change, to whom the table below does not."""
        view = found.view
        below = stored_below(view, self.access) if view.materialized else protected_below(view, self.access)
        if not below or ties_to_caller(view, self.access):
            return
        doing = {"SELECT": "reads", "UPDATE": "changes", "DELETE": "deletes"}
        for command in doing:
            for who in self.finder.suspects:
                victim = self._let_out(found, who, command)
                if victim is None:
                    continue
                sql = next(t.sql for t in found.tried[who] if t.command == command)
                yield Leak(
                    kind="door", table=victim.table, command=command, who=who, victims=(victim,),
                    steps=(Step(who=who, sql=sql, command=command),), through=f"view {view.schema}.{view.name}",
                    reads=tuple(sorted(references(view.definition).tables & self.access.catalog.tables.keys())),
                    sentence=f"{describe(who)} {doing[command]} rows of {victim.table[0]}.{victim.table[1]} that are "
                    f"{possessive(victim)} by way of the view {view.schema}.{view.name}, which the table hides",
                )  # fmt: skip
                break

    def _let_out(self, found: Measures, who: Who, command: str) -> Item | None:
        """A row of somebody else's that the view lets out, and that the role's own grant and policies hide."""
        tried = [t for t in found.tried.get(who, ()) if t.command == command]
        reached = frozenset[str]().union(*(t.reached for t in tried))
        if command != "SELECT":
            base = base_table(found.view, self.access)
            key = (base[1].schema, base[1].name) if base else ("", "")
            rows = [i for i in self.finder.foreign(who, key) if i.id in reached]
            own = self.finder.reached(key, who, command)
            return next((i for i in rows if i.id not in own), None)
        named = references(found.view.definition).tables
        for shown in (i for i in found.held.items if i.id in reached):
            told = [item for value in shown.row.values() for item in self.whose.get(value or "", ())]
            like = [i for item in told[:1] for i in self._like(item, named)]
            victim = next((i for i in (*told, *like) if i.table in named and self._hidden(who, i)), None)
            if victim is not None:
                return victim
        return None

    def _hidden(self, who: Who, item: Item) -> bool:
        """Whether the table keeps a foreign row from somebody who may read rows of it."""
        table = self.access.catalog.tables.get(item.table)
        if table is None or table.origin is not None or not table.rls_enabled or not item.world or who.mine(item):
            return False
        seen = self.finder.reached(item.table, who, "SELECT")
        return self.access.reach(who.role, "SELECT", table) and item.id not in seen

    def _like(self, item: Item, named: frozenset[Name] | set[Name]) -> list[Item]:
        """Rows of the view's tables in the same world as one that a value told."""
        return [i for key in sorted(named) for i in self.stage.items(key) if i.world == item.world and i.handle]


def _as_text(column: str) -> str:
    return f"{identifier(column)}::text"


def _common(value: str) -> bool:
    """Whether a value may stand anywhere by chance: times, and numbers."""
    return value[:4].isdigit() and ("-" in value[4:5] or value.isdigit()) and len(value) != 36
