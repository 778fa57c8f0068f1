"""What decided, and the means to try a statement again with something changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

from msgspec import Struct

from policytool.access.privileges import Privileges
from policytool.catalog.model import Function, Policy, Table, View
from policytool.catalog.objects import Catalog
from policytool.finding import Related
from policytool.postgres.session import Answer, Broken, Identity, Session
from policytool.syntax.location import Location
from policytool.testing.actors import Actor
from policytool.testing.deciding.asked import Asked
from policytool.testing.deciding.gates import EVERY, Place, places
from policytool.testing.outcomes import Outcome, outcome

By = Literal[
    "grant", "policy", "read policy", "row security off", "exempt",
    "no row", "trigger", "constraint", "error", "unknown",
]  # fmt: skip
_POLICY: Final = re.compile(r'row-level security policy(?: "(?P<policy>.+?)")?(?: \(.*?\))? for table "(?P<table>.+)"$')


class Decider(Struct, frozen=True, kw_only=True):
    """A policy that had a part in a decision."""

    schema: str
    table: str
    policy: str
    location: Location | None = None


class Decision(Struct, frozen=True, kw_only=True):
    """Why an attempt ended as it did: `text` is a sentence or two, `because` has the places."""

    outcome: str  # "allowed", "filtered", "denied by check" …
    by: By
    text: str
    because: tuple[Related, ...] = ()
    policies: tuple[Decider, ...] = ()

    def __str__(self) -> str:
        return self.text


class Trial(Struct, kw_only=True):
    """A statement, who tried it and what became of it; and it tried again."""

    session: Session
    catalog: Catalog
    privileges: Privileges
    actor: Actor
    identity: Identity
    asked: Asked
    got: Outcome
    answer: Answer
    people: Mapping[str, str]
    rows: Mapping[str, str]
    refused: str = ""  # why something could not be changed to try

    def again(self, *changes: str, sql: str = "") -> Answer | None:
        """The answer with the schema changed so; None where it cannot be changed."""
        with self.session.savepoint():
            if not self._change(changes):
                return None
            try:
                return self.session.attempt(self.identity, sql or self.asked.sql)
            except Broken:
                return None

    def changed(self, *changes: str) -> bool:
        """Whether the outcome is another one with the schema changed so."""
        found = self.again(*changes)
        if found is None:
            return False
        return _sign(outcome(found, self.asked.command), found) != _sign(self.got, self.answer)

    def same(self, *changes: str) -> bool:
        """Whether the outcome stays as it is with the schema changed so."""
        found = self.again(*changes)
        return found is not None and _sign(outcome(found, self.asked.command), found) == _sign(self.got, self.answer)

    def passes_plain(self) -> bool:
        """Whether it passes without RETURNING and ON CONFLICT."""
        found = self.session.attempt(self.identity, self.asked.plain)
        return outcome(found, self.asked.command).kind == "allowed"

    @property
    def extras(self) -> str:
        """What the plain statement is without."""
        cut = self.asked.sql[len(self.asked.plain) :].lower()
        found = [word.upper() for word in ("on conflict", "returning") if re.search(word.replace(" ", r"\s+"), cut)]
        return " and ".join(found)

    def decision(
        self,
        by: By,
        text: str,
        because: tuple[Related, ...] = (),
        policies: tuple[tuple[Table, Policy], ...] = (),
        *,
        read: bool = False,
    ) -> Decision:
        """The decision, in words that begin with the outcome."""
        got = "denied by read policy" if read else str(self.got)
        return Decision(
            outcome=got,
            by=by,
            text=f"{self.got.kind}: {text}",
            because=because,
            policies=tuple(Decider(schema=t.schema, table=t.name, policy=p.name, location=p.made) for t, p in policies),
        )

    def _change(self, changes: tuple[str, ...]) -> bool:
        if not changes:
            return True
        done = self.session.bypass("; ".join(changes), keep=True)
        if not done.ran:
            self.refused = done.message
        return done.ran


def at(location: Location | None) -> str:
    """` (file:line)`."""
    return f" ({location.path}:{location.line})" if location is not None else ""


def spelled(item: Table | View | Function) -> str:
    """schema.name."""
    return f"{item.schema}.{item.name}"


def policy_at(policy: Policy) -> str:
    """`policy "own rows" (file:line)`, in one line whatever its name."""
    return f'policy "{" ".join(policy.name.split())}"{at(policy.made)}'


def both(said: str, grants: tuple[Related, ...]) -> str:
    """What was said, and the grants."""
    told = ", ".join(grant.message + at(grant.location) for grant in grants[:1])
    return ", and ".join(part for part in (said, told) if part) or "nothing forbids it"


def table_of_policy(message: str, catalog: Catalog) -> tuple[Table, str] | None:
    """The table, and the policy if it is named, that a message of row security speaks of."""
    found = _POLICY.search(message)
    if found is None:
        return None
    tables = [t for t in catalog.tables.values() if t.name == found["table"]]
    tables.sort(key=lambda t: (t.schema != "public", t.schema))
    return (tables[0], found["policy"] or "") if tables else None


def places_of(trial: Trial) -> tuple[Place, ...]:
    """The tables that it comes to, and the one that the message speaks of: a trigger may have written there."""
    where = places(trial.asked, trial.actor.role, trial.catalog)
    found = table_of_policy(trial.answer.message, trial.catalog)
    if found is None or any(place.table is found[0] for place in where):
        return where
    return (*where, Place(table=found[0], role=trial.actor.role, commands=EVERY))


def by_way_of(trial: Trial, table: Table) -> str:
    """` (by way of the view public.v)`; '' where the statement names the table itself."""
    for place in places_of(trial):
        if place.table is table and place.through is not None:
            what = "view" if isinstance(place.through, View) else "function"
            return f" (by way of the {what} {place.through.schema}.{place.through.name})"
    return ""


def _sign(found: Outcome, answer: Answer) -> tuple[object, ...]:
    return found.kind, found.by, found.sqlstate, answer.message
