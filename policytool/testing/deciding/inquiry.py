"""A question put to the policies: may this actor do this to this row, and what decides it?"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, Literal

from msgspec import Struct, structs

from policytool.catalog.keys import primary_key
from policytool.catalog.model import Name, Table, View
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import constant, identifier, literal, qualified
from policytool.errors import UsageError
from policytool.postgres.session import Session, open_session
from policytool.testing.actors import ANON, AUTHENTICATED, SERVICE, Actor, key, person, plain
from policytool.testing.deciding.ablation import decided
from policytool.testing.deciding.asked import asked, relation
from policytool.testing.deciding.decision import Decision
from policytool.testing.ground import Ground
from policytool.testing.outcomes import outcome
from policytool.testing.running.bench import Bench
from policytool.testing.running.cases import spelled
from policytool.testing.running.run import prepared
from policytool.testing.running.statements import insert, readable, updatable
from policytool.testing.running.world import Unseeded, World, prepare
from policytool.testing.suites.suite import Handle, Head, Suite, Value
from policytool.testing.suites.yamlfile import nearest

Command = Literal["SELECT", "INSERT", "UPDATE", "DELETE"]
COMMANDS: Final[dict[str, Command]] = {
    "select": "SELECT", "read": "SELECT", "insert": "INSERT", "update": "UPDATE", "delete": "DELETE",
}  # fmt: skip
_USER: Final = "user:"
_KEYS: Final = (ANON, SERVICE)
_LONG: Final = 16


class Question(Struct, frozen=True, kw_only=True):
    """Who would do what to which table; `handle` is a row of the tests, `column` and `value` find one otherwise."""

    actor: str
    command: Command
    relation: Table | View
    handle: str = ""
    column: str = ""
    value: str = ""

    @property
    def table(self) -> Name:
        return self.relation.schema, self.relation.name

    @property
    def row(self) -> str:
        """The row as messages call it."""
        name = self.handle or (f"{self.column}={self.value}" if self.column else "")
        return f"{spelled(self.table)}.{name}" if name else ""


class Reply(Struct, frozen=True, kw_only=True):
    """What was tried, and why it ended as it did. `file` is the policy test that knows the actor or the row."""

    actor: str
    role: str
    command: Command
    table: str
    row: str
    allowed: bool
    sql: str
    decision: Decision
    file: str = ""


def question(catalog: Catalog, actor: str, command: str, target: str) -> Question:
    """Read `orders`, `orders.o2`, `public.orders.id=5`. Raises UsageError."""
    left, equals, value = target.partition("=")
    parts = left.split(".")
    for count in (2, 1):
        if count > len(parts):
            continue
        name = (parts[0], parts[1]) if count == 2 else (None, parts[0])
        found, rest = relation(name, catalog), ".".join(parts[count:])
        if found is None or bool(equals) > bool(rest):
            continue
        if equals and rest not in [c.name for c in found.columns]:
            hint = nearest(rest, [c.name for c in found.columns], "it has")
            raise UsageError(f"{found.schema}.{found.name} has no column {rest}", hint=hint)
        asked_for = {"column": rest, "value": value} if equals else {"handle": rest}
        return Question(actor=actor, command=COMMANDS[command], relation=found, **asked_for)
    known = [t.name if t.schema == "public" else f"{t.schema}.{t.name}" for t in catalog.tables.values()]
    raise UsageError(f"there is no table {parts[0]}", hint=nearest(parts[0], known) or "write TABLE or TABLE.ROW")


def inquire(ground: Ground, suites: Sequence[Suite], asked_for: Question) -> Reply:
    """Try it on a copy of the database with the rows of the test that fits, and find out what decides.

    Raises UsageError where nobody knows the actor or the row.
    """
    catalog = ground.built.catalog
    suite = _fitting(suites, asked_for)
    actor = _actor(suite, suites, asked_for.actor, catalog)
    with _bench(ground, suite, actor) as bench, bench.session.transaction():
        with bench.session.savepoint():
            sql = _statement(bench, suite, asked_for, actor)
            who = bench.identity(actor.name)
            answer = bench.session.attempt(who, sql)
            people = {a.user: name for name, a in bench.world.suite.actors.items() if a.user}
            rows = dict(_keys(bench.world))
            row = asked_for.row if asked_for.command != "INSERT" else ""
            statement = asked(sql, catalog, command=asked_for.command, row=row)
            decision = decided(bench.session, catalog, actor, statement, answer, people=people, rows=rows)
        return Reply(
            actor=actor.name,
            role=actor.role,
            command=asked_for.command,
            table=f"{asked_for.relation.schema}.{asked_for.relation.name}",
            row=asked_for.row,
            allowed=outcome(answer, asked_for.command).passed_policies,
            sql=sql,
            decision=decision,
            file=suite.path if suite is not None else "",
        )


# --- who and where --------------------------------------------------------------------------------------------------


def _fitting(suites: Sequence[Suite], asked_for: Question) -> Suite | None:
    """The test that has the row, and better still the actor as well, or that has the most rows of the table."""
    fits: list[tuple[bool, int, Suite]] = []
    for suite in suites:
        handles = [h.name for h in suite.handles(asked_for.table)]
        knows = asked_for.actor in suite.actors
        if asked_for.handle in handles if asked_for.handle else (knows or handles):
            fits.append((knows, len(handles), suite))
    if not fits and asked_for.handle:
        known = [h.name for suite in suites for h in suite.handles(asked_for.table)]
        hint = nearest(asked_for.handle, known, "the tests have") or "name a row of the tests, or write column=value"
        raise UsageError(f"no policy test has a row {asked_for.row}", hint=hint)
    return max(fits, key=lambda fit: fit[:2])[2] if fits else None


def _actor(suite: Suite | None, suites: Sequence[Suite], name: str, catalog: Catalog) -> Actor:
    if suite is not None and name in suite.actors:
        return suite.actors[name]
    if name.startswith(_USER):
        return _user(name)
    if name in catalog.roles:
        if name == AUTHENTICATED:
            return person(name)
        return key(name) if name in _KEYS and AUTHENTICATED in catalog.roles else plain(name)
    elsewhere = [s.path for s in suites if name in s.actors]
    if elsewhere:
        raise UsageError(f"{name} is no actor of a test that has this row", hint=f"{name} is one of {elsewhere[0]}")
    known = dict.fromkeys((*(a for s in suites for a in s.actors), ANON, AUTHENTICATED, SERVICE))
    hint = nearest(name, known, "there are") or "name an actor of the policy tests, a role, or user:UUID"
    raise UsageError(f"nobody is called {name}", hint=hint)


def _user(name: str) -> Actor:
    number = name.removeprefix(_USER)
    try:
        found = str(uuid.UUID(number))
    except ValueError:
        hint = "user: is followed by the number of a person in auth.users"
        raise UsageError(f"{number!r} is no UUID", hint=hint) from None
    return person(name, claims={"sub": found, "email": f"{found}@example.com"})


@contextmanager
def _bench(ground: Ground, suite: Suite | None, actor: Actor) -> Iterator[Bench]:
    """A session on a copy of the database; the actor is known there, and the rows are."""
    if suite is not None:
        with prepared(ground, suite) as found, open_session(found.actors) as session:
            yield Bench(session, _with_actor(found.world, actor))
        return
    nobody = Suite(
        head=Head(path=""), actors={actor.name: actor}, meant=frozenset({actor.name}), rows=(), stated=(), who=(),
        sees=(), isolation=None, cases=(),
    )  # fmt: skip
    with ground.actors() as actors, open_session(actors) as session:
        yield Bench(session, prepare(session, nobody, ground.built.catalog))


def _with_actor(world: World, actor: Actor) -> World:
    suite = structs.replace(world.suite, actors={**world.suite.actors, actor.name: actor})
    return structs.replace(world, suite=suite)


def _keys(world: World) -> Iterator[tuple[str, str]]:
    """The name of each row by its key, where that is long enough to be nobody else's."""
    for handle, planted in world.rows.items():
        found = primary_key(world.table(planted.table))
        key = planted.row[found[0]] if len(found) == 1 else None
        if key is not None and len(key) >= _LONG:
            yield key, f"{spelled(planted.table)}.{handle.partition('/')[2]}"


# --- what is tried --------------------------------------------------------------------------------------------------


def _statement(bench: Bench, suite: Suite | None, asked_for: Question, actor: Actor) -> str:
    table, on = asked_for.table, qualified(*asked_for.table)
    if isinstance(asked_for.relation, View):
        return _of_view(asked_for, on)
    if asked_for.command == "INSERT":
        return _insert(bench, suite, asked_for)
    where = _where(bench, asked_for, actor.role)
    tail = f" where {where}" if where else ""
    match asked_for.command:
        case "SELECT":
            return f"select {readable(bench.world, table, actor.role)} from {on}{tail}"
        case "DELETE":
            return f"delete from {on}{tail}"
    column = updatable(bench.world, table, actor.role, ())
    value = _present(bench.session, on, column, where)
    return f"update {on} set {identifier(column)} = {constant(value)}{tail}"


def _where(bench: Bench, asked_for: Question, role: str) -> str:
    if asked_for.handle:
        return bench.world.where(_handle(bench, asked_for), role)
    if not asked_for.column:
        return ""
    where = f"{identifier(asked_for.column)} = {literal(asked_for.value)}"
    there = bench.session.bypass(f"select from {qualified(*asked_for.table)} where {where}")
    if not there.ran or not there.rows:
        why = f": {there.message}" if there.message else ""
        hint = "rows come from the migrations and from the policy test that has the actor"
        raise UsageError(f"there is no row {asked_for.row}{why}", hint=hint)
    return where


def _handle(bench: Bench, asked_for: Question) -> Handle:
    found = Handle(asked_for.table, asked_for.handle)
    try:
        bench.world.row(found)
    except Unseeded as why:
        raise UsageError(str(why)) from None
    return found


def _present(session: Session, on: str, column: str, where: str) -> str | None:
    """A value that is there, so that an update changes nothing but by whom."""
    tail = f" where {where}" if where else ""
    found = session.bypass(f"select {identifier(column)}::text from {on}{tail} limit 1").values
    return found[0][0] if found else None


def _insert(bench: Bench, suite: Suite | None, asked_for: Question) -> str:
    """A row like the one that is named, with what must be there."""
    given: Mapping[str, Value] = {}
    if asked_for.handle and suite is not None:
        given = next((r.given for r in suite.rows if r.handle == Handle(asked_for.table, asked_for.handle)), {})
    values = bench.world.values(given) | ({asked_for.column: asked_for.value} if asked_for.column else {})
    try:
        return insert(asked_for.table, bench.lay(asked_for.table, values))
    except Unseeded as why:
        raise UsageError(str(why), hint="give a value: TABLE.column=value") from None


def _of_view(asked_for: Question, on: str) -> str:
    if asked_for.handle:
        raise UsageError(f"{asked_for.row}: rows of views have no names", hint="write column=value")
    tail = f" where {identifier(asked_for.column)} = {literal(asked_for.value)}" if asked_for.column else ""
    if asked_for.command not in ("SELECT", "DELETE"):
        raise UsageError(f"{on} is a view", hint="ask about the table below it, or about select and delete")
    return f"select * from {on}{tail}" if asked_for.command == "SELECT" else f"delete from {on}{tail}"
