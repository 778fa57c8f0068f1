"""The cases of a file, one by one: for each row, command and actor, for each set, for each statement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from policytool.catalog.model import Name
from policytool.catalog.objects import Catalog
from policytool.testing.running.tenancy import tables_of_tenants
from policytool.testing.suites.suite import (
    ALLOW,
    DENY,
    Command,
    Create,
    Expect,
    Handle,
    Place,
    Sees,
    Stated,
    Statement,
    Suite,
    Value,
    Who,
)

COMMANDS: tuple[Command, ...] = ("SELECT", "UPDATE", "DELETE")


class OnRow(Struct, frozen=True, kw_only=True):
    """Read, update or delete one row."""

    command: Command
    handle: Handle
    allow: bool
    spare: tuple[str, ...] = ()  # columns that are frozen for the actor


class Insert(Struct, frozen=True, kw_only=True):
    """Insert a row."""

    table: Name
    given: Mapping[str, Value]
    expect: Expect
    returning: bool = False
    unlisted: bool = False


class Freeze(Struct, frozen=True, kw_only=True):
    """Change a column of rows."""

    table: Name
    column: str
    handles: tuple[Handle, ...]


class Apart(Struct, frozen=True, kw_only=True):
    """Touch rows of tenants that one is no member of."""

    table: Name


class Enrol(Struct, frozen=True):
    """Become a member of a tenant."""


class Run(Struct, frozen=True, kw_only=True):
    """A statement of `cases`."""

    statement: Statement
    expect: Expect


Probe = OnRow | Insert | Freeze | Who | Sees | Apart | Enrol | Run


class Case(Struct, frozen=True, kw_only=True):
    """Something that is true or not. `actor` is empty where it is about all of them."""

    name: str
    actor: str
    expected: str
    probe: Probe
    at: Place


def cases(suite: Suite, catalog: Catalog) -> tuple[Case, ...]:
    """All cases of a file, in its order; their names differ."""
    found: dict[str, Case] = {}
    for case in _cases(suite, catalog):
        name, again = case.name, 2
        while name in found:
            name, again = f"{case.name} ({again})", again + 1
        found[name] = case if name == case.name else _renamed(case, name)
    return tuple(found.values())


def _renamed(case: Case, name: str) -> Case:
    return Case(name=name, actor=case.actor, expected=case.expected, probe=case.probe, at=case.at)


def _cases(suite: Suite, catalog: Catalog) -> Iterator[Case]:
    for stated in suite.stated:
        yield from _rows(suite, stated)
        yield from _inserts(suite, stated)
        yield from _frozen(suite, stated)
    for who in suite.who:
        expected = ", ".join(name for name in suite.actors if name in who.exactly) or "nobody"
        name = f"who may {_verb(who.command)} {who.handle}"
        yield Case(name=name, actor="", expected=expected, probe=who, at=who.at)
    for sees in suite.sees:
        handles = ", ".join(h.name for h in suite.handles(sees.table) if h in sees.handles) or "nothing"
        name = f"{sees.actor} sees {spelled(sees.table)}"
        yield Case(name=name, actor=sees.actor, expected=handles, probe=sees, at=sees.at)
    yield from _isolated(suite, catalog)
    for statement in suite.cases:
        for actor, (expect, at) in statement.by.items():
            name = f"{statement.name}: {actor}"
            probe = Run(statement=statement, expect=expect)
            yield Case(name=name, actor=actor, expected=str(expect), probe=probe, at=at)


def _rows(suite: Suite, stated: Stated) -> Iterator[Case]:
    """What is not listed is denied; who bypasses row security is judged only where named in the table."""
    listed = {(right.handle, right.actor): right for right in stated.rights}
    named = {right.actor for right in stated.rights} | {a for create in stated.creates for a in create.actors}
    spare = {frozen.actor: frozen.columns for frozen in stated.frozen}
    for handle in suite.handles(stated.table) if stated.handles else ():
        for actor in suite.actors:
            if actor in suite.meant and actor not in named:
                continue
            right = listed.get((handle, actor))
            for command in COMMANDS:
                allow = right is not None and command in right.commands
                yield Case(
                    name=f"{handle}: {actor} {_verb(command)}",
                    actor=actor,
                    expected=str(ALLOW if allow else DENY),
                    probe=OnRow(command=command, handle=handle, allow=allow, spare=spare.get(actor, ())),
                    at=right.at if right else stated.at,
                )


def _inserts(suite: Suite, stated: Stated) -> Iterator[Case]:
    table = spelled(stated.table)
    for create in stated.creates:
        for actor in create.actors:
            yield Case(
                name=f"{table}: {actor} insert{_with(create.given)}",
                actor=actor,
                expected=str(create.expect),
                probe=Insert(table=stated.table, given=create.given, expect=create.expect, returning=create.returning),
                at=create.at,
            )
    if not stated.closed_insert:
        return
    allowed = {actor for create in stated.creates if create.expect.kind != "deny" for actor in create.actors}
    for actor in suite.actors:
        if actor in allowed or actor in suite.meant:
            continue
        for label, given in _samples(suite, stated, actor):
            probe = Insert(table=stated.table, given=given, expect=DENY, unlisted=True)
            name = f"{table}: {actor} insert {label}"
            yield Case(name=name, actor=actor, expected=str(DENY), probe=probe, at=stated.at)


def _samples(suite: Suite, stated: Stated, actor: str) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """Rows that others may insert, and those that are there; not those that the file says something of."""
    said = [create.given for create in stated.creates if actor in create.actors]
    others: list[tuple[str, Mapping[str, Value]]] = [
        (f"as {' and '.join(create.actors)}", create.given) for create in stated.creates if _passes(create)
    ]
    rows = {row.handle: row for row in suite.rows}
    others += [(f"like {handle.name}", rows[handle].given) for handle in suite.handles(stated.table)]
    tried: list[Mapping[str, Value]] = []
    for label, given in others:
        if given not in said and given not in tried:
            tried.append(given)
            yield label, given


def _passes(create: Create) -> bool:
    return create.expect.kind == "allow"


def _frozen(suite: Suite, stated: Stated) -> Iterator[Case]:
    may = {(r.actor, r.handle) for r in stated.rights if "UPDATE" in r.commands}
    every = suite.handles(stated.table)
    for frozen in stated.frozen:
        mine = [h for h in every if (frozen.actor, h) in may] or [h for h in every if h.name == frozen.actor] or every
        for column in frozen.columns:
            yield Case(
                name=f"{spelled(stated.table)}: {frozen.actor} changes {column}",
                actor=frozen.actor,
                expected="unchanged",
                probe=Freeze(table=stated.table, column=column, handles=tuple(mine)),
                at=frozen.at,
            )


def _isolated(suite: Suite, catalog: Catalog) -> Iterator[Case]:
    isolation = suite.isolation
    if isolation is None:
        return
    people = [actor for actor in suite.actors if actor not in suite.meant]
    for table in tables_of_tenants(isolation, catalog):
        for actor in people:
            name = f"{spelled(table)}: {actor} keeps out of other {spelled(isolation.tenant)}"
            yield Case(name=name, actor=actor, expected="denied", probe=Apart(table=table), at=isolation.at)
    for actor in people if isolation.deny_escalation else ():
        name = f"{spelled(isolation.members)}: {actor} becomes a member"
        yield Case(name=name, actor=actor, expected="denied", probe=Enrol(), at=isolation.at)


def _verb(command: Command) -> str:
    return {"SELECT": "read"}.get(command, command.lower())


def _with(given: Mapping[str, Value]) -> str:
    return f" ({', '.join(given)})" if given else ""


def spelled(table: Name) -> str:
    """A table as the file writes it."""
    return table[1] if table[0] == "public" else ".".join(table)
