"""What each actor reaches: every probe tried, and which rows it touched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from policytool.catalog.spelling import qualified
from policytool.postgres.session import Answer, Broken, Identity
from policytool.testing.actors import Actor
from policytool.testing.observed.people import Person, actor_of, key_of
from policytool.testing.observed.probes import BYPASS, Probe, Prober, Shape
from policytool.testing.observed.readings import (
    MOST,
    entered,
    of_itself,
    own_values,
    samples,
    seen,
    stopped_by_project,
)
from policytool.testing.observed.stage import Item, Stage, ids
from policytool.testing.observed.tokens import claims_of
from policytool.testing.outcomes import Outcome, outcome

if TYPE_CHECKING:
    from policytool.catalog.model import Name, Table

STAMPED = ", in their own name"


class Tried(Struct, frozen=True, kw_only=True):
    """What came of a command in one shape: rows touched; `sure` is False where it stopped before all were judged."""

    command: str
    shape: Shape
    outcome: Outcome
    reached: frozenset[str] = frozenset()  # ids of rows
    message: str = ""
    sure: bool = True
    sql: str = ""
    values: Mapping[str, str | None] = {}  # what it sets
    stamped: frozenset[str] = frozenset()  # names of rows whose copies passed with who tries in place of their people
    among: frozenset[str] | None = None  # the rows that it was tried with, where not all
    stopped: frozenset[str] = frozenset()  # rows that a trigger, or an error, kept from being judged


class Who(Struct, frozen=True, eq=False, kw_only=True):
    """Somebody who tries: a person in a role, or (`person` None) a role by itself."""

    role: str
    person: Person | None
    actor: Actor
    identity: Identity

    @property
    def name(self) -> str:
        return self.person.name if self.person else self.role

    @property
    def key(self) -> str:
        """What tells them from everybody else who tries."""
        return f"{self.role}/{self.name}"

    def mine(self, item: Item) -> bool:
        """Whether a row is in the person's own world."""
        if self.person is None:
            return False
        return self.person.name in item.people or bool(item.world and item.world == self.person.world)


def whos(stage: Stage, roles: Iterable[str], *, tokens: bool) -> tuple[Who, ...]:
    """All who try: each person in each role that one has an account for, and the other roles by themselves."""
    found: list[Who] = []
    for role in roles:
        if stage.access.anonymous(role) or stage.access.privileges.bypasses_rls(role):
            # Nobody is PUBLIC; who logs in and has no grant comes to the same.
            actor = key_of(stage.login if role == "public" else role, tokens=tokens)
            found.append(Who(role=role, person=None, actor=actor, identity=actor.identity()))
            continue
        for person in stage.worlds.people:
            settings, claims = claims_of(stage.worlds, person, stage.planted)
            actor = actor_of(person, role, settings, claims)
            found.append(Who(role=role, person=person, actor=actor, identity=actor.identity()))
    return tuple(found)


class Meter:
    """Tries commands on the tables of a stage."""

    def __init__(self, stage: Stage, prober: Prober) -> None:
        self.stage, self.prober = stage, prober
        self.attempts = 0
        self._shut: dict[tuple[str, Name, str, Shape], Answer] = {}  # where a role lacks the privilege, whoever it is

    def table(self, who: Who, table: Table) -> tuple[Tried, ...]:
        """Every command in every shape."""
        items = self.stage.items((table.schema, table.name))
        return (
            self.select(who, table, items),
            *self._inserts(who, table, items),
            *self.touch(who, table, items, update=True),
            *self.touch(who, table, items, update=False),
            self._truncate(who, table, items),
        )

    def attempt(self, who: Who, sql: str) -> Answer:
        self.attempts += 1
        try:
            return self.stage.session.attempt(who.identity, sql)
        except Broken as broken:
            return Answer(sqlstate="XX000", message=str(broken))

    def _ask(self, who: Who, table: Table, probe: Probe, sql: str = "") -> Answer:
        """What becomes of a probe. A privilege is the role's: where it is missing, nobody else need ask."""
        key = (table.schema, table.name)
        shapes: tuple[Shape, ...] = ("unfiltered", probe.shape)
        for shape in shapes:
            known = self._shut.get((who.role, key, probe.command, shape))
            if known is not None:
                return known
        answer = self.attempt(who, sql or probe.sql)
        if outcome(answer, probe.command).by == "grant" and of_itself(answer, table):
            self._shut[who.role, key, probe.command, probe.shape] = answer
        return answer

    def select(self, who: Who, table: Table, items: Iterable[Item]) -> Tried:
        """The rows that are seen."""
        probe = self.prober.select(table, who.role)
        answer = self._ask(who, table, probe)
        reached = seen(answer, probe, tuple(items))
        sure = not answer.ran or len(reached) == answer.rows
        return Tried(
            command="SELECT", shape="unfiltered", outcome=outcome(answer), reached=reached, message=answer.message,
            sure=sure, sql=probe.sql,
        )  # fmt: skip

    def touch(self, who: Who, table: Table, items: tuple[Item, ...], *, update: bool) -> Iterator[Tried]:
        """UPDATE or DELETE, unfiltered, filtered and returning."""
        for probe in self.prober.touching(table, who.role, items, update=update):
            yield self._touch(who, table, probe, items)
        changes = own_values(who.person, self.stage, table) if update and who.person is not None else {}
        held = self.prober.may(table, who.role, "UPDATE")
        if changes and changes.keys() <= set(held):
            # What may not be left somebody else's may perhaps be taken.
            yield self._touch(who, table, self.prober.taking(table, changes), items)

    def _touch(self, who: Who, table: Table, probe: Probe, items: tuple[Item, ...]) -> Tried:
        name = qualified(table.schema, table.name)
        known = {item.id for item in items}
        answer = self._ask(who, table, probe, f"{probe.sql}; {BYPASS}; {ids(name)}")
        said = outcome(answer, probe.command)
        if answer.ran:
            reached = frozenset(known - {row[0] for row in answer.values if row[0]})
            reached |= self._left(who, table, probe, [i for i in items if i.id not in reached]) if reached else reached
            said = Outcome(kind="allowed" if reached else "filtered", rows=len(reached))
            return Tried(
                command=probe.command,
                shape=probe.shape,
                outcome=said,
                reached=reached,
                sql=probe.sql,
                values=probe.values,
            )
        alone: dict[str, Outcome] = {}
        whole = probe.shape != "self-stamped"
        if whole and said.by != "grant" and said.by != "recursion" and len(items) <= MOST:
            alone = dict(self._alone(who, table, probe, items))
        reached = frozenset(i for i, o in alone.items() if o.passed_policies)
        best = next((o for o in alone.values() if o.kind == "allowed"), None) or next(
            (o for o in alone.values() if o.passed_policies), said
        )
        return Tried(
            command=probe.command, shape=probe.shape, outcome=best, reached=reached, message=answer.message,
            sure=not whole or said.by in ("grant", "recursion") or len(alone) == len(items), sql=probe.sql,
            stopped=frozenset(i for i, o in alone.items() if stopped_by_project(o)), values=probe.values,
        )  # fmt: skip

    def _left(self, who: Who, table: Table, probe: Probe, items: list[Item]) -> frozenset[str]:
        """Rows that a statement would have reached, had it not taken away first what its policies go by."""
        key = (table.schema, table.name)
        if probe.shape != "filtered" or key not in self.stage.worlds.switches.gates or len(items) > MOST:
            return frozenset()
        alone = self._alone(who, table, probe, tuple(items))
        return frozenset(row for row, said in alone if said.passed_policies)

    def _alone(self, who: Who, table: Table, probe: Probe, items: tuple[Item, ...]) -> Iterator[tuple[str, Outcome]]:
        """Each row by itself, since all together end at the first that is refused."""
        name, session = qualified(table.schema, table.name), self.stage.session
        for item in items:
            sql = self.prober.one(table, probe, item, who.role)
            if sql is not None:
                yield item.id, outcome(self.attempt(who, sql), probe.command)
                continue
            with session.savepoint():
                # No column may be read, so the others have to be gone.
                off = f"alter table {name} disable trigger user"
                session.bypass(off, keep=True)
                gone = session.bypass(
                    f"delete from {name} where tableoid::text || ctid::text <> '{item.id}'", keep=True
                )
                session.bypass(off.replace("disable", "enable"), keep=True)
                if gone.ran:
                    yield item.id, outcome(self.attempt(who, probe.sql), probe.command)

    def _inserts(self, who: Who, table: Table, items: tuple[Item, ...]) -> Iterator[Tried]:
        """Copies of the rows that are there; the first that passes in the other shapes as well."""
        chosen = samples(items)
        if not chosen:
            probe = self.prober.insert(table, who.role, {c.name: None for c in table.columns})
            answer = self._ask(who, table, probe)
            said = outcome(answer, "INSERT")
            sure = said.kind == "denied" and said.by == "grant"
            yield Tried(
                command="INSERT", shape="unfiltered", outcome=said, message=answer.message, sure=sure, sql=probe.sql
            )
            return
        yield self._copied(who, table, chosen, "")
        few = tuple(i for i in chosen if i.handle and "#" not in i.handle) or chosen[:2]
        for shape in ("returning", "on conflict"):
            yield self._copied(who, table, few, "returning" if shape == "returning" else "on conflict")
        yield from self._stamped(who, table, few)

    def _stamped(self, who: Who, table: Table, items: tuple[Item, ...]) -> Iterator[Tried]:
        """Copies of others' rows that name whoever makes them: joining a tenant, say."""
        key = (table.schema, table.name)
        if who.person is None or (who.role, key, "INSERT", "unfiltered") in self._shut:
            return
        changes = own_values(who.person, self.stage, table)
        passed: set[str] = set()
        sql = ""
        for item in items if changes else ():
            if who.mine(item) or item.row.items() >= changes.items():
                continue
            probe = self.prober.insert(table, who.role, {**item.row, **changes})
            sql = probe.sql
            if outcome(self._ask(who, table, probe), "INSERT").passed_policies:
                passed.add(f"{item.name}{STAMPED}")
        if sql:
            said = Outcome(kind="allowed" if passed else "denied", by="" if passed else "check", rows=len(passed))
            yield Tried(
                command="INSERT", shape="self-stamped", outcome=said, stamped=frozenset(passed), sql=sql,
                among=frozenset(),
            )  # fmt: skip

    def _copied(self, who: Who, table: Table, chosen: tuple[Item, ...], shape: Shape) -> Tried:
        outcomes: dict[str, Outcome] = {}
        first, sql = "", ""
        for item in chosen:
            probe = self.prober.insert(table, who.role, item.row, shape)
            answer = self._ask(who, table, probe)
            outcomes[item.id] = outcome(answer, "INSERT")
            first, sql = first or answer.message, sql or probe.sql
            if outcomes[item.id].by in ("grant", "recursion"):
                break
        reached = frozenset(i for i, o in outcomes.items() if entered(o))
        said = next((o for o in outcomes.values() if entered(o)), next(iter(outcomes.values())))
        return Tried(
            command="INSERT", shape=shape or "unfiltered", outcome=said, reached=reached, message=first, sql=sql,
            among=frozenset(item.id for item in chosen),
            stopped=frozenset(i for i, o in outcomes.items() if stopped_by_project(o)),
        )  # fmt: skip

    def _truncate(self, who: Who, table: Table, items: tuple[Item, ...]) -> Tried:
        sql = f"truncate {qualified(table.schema, table.name)}"
        answer = self._ask(who, table, Probe(command="TRUNCATE", shape="unfiltered", sql=sql))
        said = outcome(answer, "TRUNCATE")
        reached = frozenset(item.id for item in items) if said.passed_policies else frozenset()
        return Tried(
            command="TRUNCATE", shape="unfiltered", outcome=said, reached=reached, message=answer.message,
            sure=said.kind != "error", sql=sql,
        )  # fmt: skip


Measured = Mapping[tuple["Name", str], tuple[Tried, ...]]
