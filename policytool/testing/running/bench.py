"""Where cases are tried: a session, the world, and what is learnt once and holds for many cases."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from msgspec import Struct

from policytool.catalog.keys import primary_key
from policytool.catalog.model import Constraint, Name
from policytool.catalog.spelling import constant, identifier
from policytool.postgres.seeding import Wanted, plant
from policytool.postgres.session import Answer, Identity, Session
from policytool.testing.actors import Actor
from policytool.testing.outcomes import Outcome, outcome
from policytool.testing.running.world import Unseeded, World, named
from policytool.testing.suites.suite import Command, Handle

# The platform's own trigger refuses deletes of storage objects to those who do not say so.
_STORAGE: Final = {"storage.allow_delete_query": "true"}
NO_ROW: Final = "past all policies it touches no row either"
_CONSTRAINT: Final = "23"
_RAISED: Final = "exec_stmt_raise"


class Reach(Struct, frozen=True):
    """The rows with a name that a statement without a filter got to; or why it is not known."""

    handles: frozenset[Handle]
    answer: Answer
    sql: str


class Template(Struct, frozen=True, kw_only=True):
    """A row to insert: `values` are given or required; `standing` says that nothing is to be made for it.

    What it refers to by what is given is never made: that would be to make somebody a member to see whether they are.
    """

    values: dict[str, str | None]
    standing: bool
    problem: str = ""


class Bench:
    """A session with a world; within a transaction that somebody else begins and undoes.

    What is learnt holds as long as the schema does: for another one make another bench.
    """

    def __init__(self, session: Session, world: World, known: Bench | None = None) -> None:
        self.session = session
        self.world = world
        self._identities: dict[str, Identity] = {}
        # What holds past all policies holds for everybody.
        self._proofs: dict[str, Answer] = known._proofs if known else {}
        self._there: dict[Name, dict[Handle, str | None]] = known._there if known else {}
        self._reaches: dict[tuple[str, str], Reach] = {}
        self._templates: dict[tuple[Name, tuple[tuple[str, str | None], ...]], Template] = (
            known._templates if known else {}
        )

    def again(self) -> Bench:
        """For other policies and grants: what was learnt past all policies still holds."""
        bench = Bench(self.session, self.world)
        bench._proofs, bench._templates = self._proofs, self._templates
        return bench

    # --- acting -----------------------------------------------------------------------------------------------------

    def actor(self, name: str) -> Actor:
        return self.world.suite.actors[name]

    def role(self, name: str) -> str:
        return self.actor(name).role

    def identity(self, name: str) -> Identity:
        """Who an actor is to the database."""
        if name not in self._identities:
            found = self.actor(name).identity()
            more = _STORAGE if ("storage", "objects") in self.world.catalog.tables else {}
            self._identities[name] = Identity(role=found.role, settings={**more, **found.settings})
        return self._identities[name]

    def attempt(self, name: str, sql: str, *, keep: bool = False) -> Answer:
        return self.session.attempt(self.identity(name), sql, keep=keep)

    def tried(self, name: str, sql: str, command: Command) -> tuple[Answer, Outcome]:
        """The answer, and what it says of access."""
        answer = self.attempt(name, sql)
        return answer, outcome(answer, command)

    # --- proofs -----------------------------------------------------------------------------------------------------

    def vacuous(self, sql: str) -> str:
        """Why a denial of the statement proves nothing; '' where past all policies it touches a row."""
        return _vacuity(self.proof(sql))

    def proof(self, sql: str) -> Answer:
        """What becomes of a statement past all policies."""
        if sql not in self._proofs:
            self._proofs[sql] = self.session.bypass(sql)
        return self._proofs[sql]

    def reach(self, name: str, command: Command, table: Name, sql: str) -> Reach:
        """Which rows with a name a statement on the whole table gets to."""
        key = (name, sql)
        if key not in self._reaches:
            found = self._reached(name, sql, table)
            if command == "DELETE" and found.answer.sqlstate.startswith(_CONSTRAINT):
                found = self._reached(name, sql, table, self._referring(table))
            self._reaches[key] = found
        return self._reaches[key]

    def _reached(self, name: str, sql: str, table: Name, before: Collection[str] = ()) -> Reach:
        if not before:
            answer = self.attempt(name, sql)
            if not answer.ran or not answer.rows:
                return Reach(frozenset(), answer, sql)
        with self.session.savepoint():
            for statement in before:
                self.session.bypass(statement, keep=True)
            answer = self.attempt(name, sql, keep=True)
            now = self._places(table) if answer.ran else {}
        was = self.places(table)
        touched = frozenset(handle for handle, ctid in was.items() if now.get(handle) != ctid) if answer.ran else ()
        return Reach(frozenset(touched), answer, sql)

    def places(self, table: Name) -> dict[Handle, str | None]:
        """Where each row with a name is stored, as long as nothing is done to it."""
        if table not in self._there:
            self._there[table] = self._places(table)
        return self._there[table]

    def _places(self, table: Name) -> dict[Handle, str | None]:
        """The same now; what was updated is elsewhere, what was deleted nowhere."""
        known = {key: planted for key, planted in self.world.rows.items() if planted.table == table}
        keys = primary_key(self.world.table(table)) or ("ctid",)
        columns = ", ".join(f"{identifier(k)}::text" for k in keys)
        found = self.session.bypass(f"select ctid::text, {columns} from {named(table)}").values
        by_key = {row[1:]: row[0] for row in found}
        places = {key: by_key.get(tuple(planted.row[k] for k in keys)) for key, planted in known.items()}
        return {Handle(table, key.partition("/")[2]): ctid for key, ctid in places.items() if ctid}

    def _referring(self, table: Name) -> list[str]:
        """Statements that drop the foreign keys to a table, which would hide what policies let through."""
        return [
            f"alter table {named(name)} drop constraint {identifier(constraint.name)}"
            for name, found in self.world.catalog.tables.items()
            for constraint in found.constraints
            if constraint.reference and (constraint.reference.schema, constraint.reference.table) == table
        ]

    # --- rows to insert ---------------------------------------------------------------------------------------------

    def template(self, table: Name, given: Mapping[str, str | None]) -> Template:
        """A row with what is given and what is required, as it could be inserted past all policies."""
        key = (table, tuple(given.items()))
        if key not in self._templates:
            self._templates[key] = self._template(table, given)
        return self._templates[key]

    def _template(self, table: Name, given: Mapping[str, str | None]) -> Template:
        with self.session.savepoint():
            row, problem = self.planted(table, given)
        if row is None:
            return Template(values=dict(given), standing=True, problem=problem)
        required = [
            c.name for c in self.world.table(table).columns
            if c.not_null and c.default is None and c.identity is None and c.generated is None
        ]  # fmt: skip
        values = {**{name: row[name] for name in required}, **given}
        return Template(values=values, standing=self._stands(table, values, given))

    def planted(self, table: Name, given: Mapping[str, str | None]) -> tuple[dict[str, str | None] | None, str]:
        """A row made past all policies, in the transaction that there is; or why there is none."""
        with self.session.seeded() as connection:
            wanted = Wanted(table=table, handle="template", given=dict(given))
            found = plant(connection, self.world.catalog, [wanted])
        planted = found.rows.get("template")
        return (planted.row, "") if planted else (None, found.failed.get("template", "no row can be made"))

    def _stands(self, table: Name, values: Mapping[str, str | None], given: Mapping[str, str | None]) -> bool:
        """Whether all rows are there that a row refers to, or one is not that it refers to by what is given."""
        missing = [c.columns for c in self.world.table(table).constraints if not self._refers(c, values)]
        return not missing or any(given.keys() >= set(columns) for columns in missing)

    def _refers(self, constraint: Constraint, values: Mapping[str, str | None]) -> bool:
        reference = constraint.reference
        if reference is None or any(values.get(c) is None for c in constraint.columns):
            return True
        pairs = zip(reference.columns, constraint.columns, strict=True)
        where = " and ".join(f"{identifier(far)} = {constant(values[near])}" for far, near in pairs)
        found = self.session.bypass(f"select from {named((reference.schema, reference.table))} where {where}")
        return found.rows > 0

    def lay(self, table: Name, given: Mapping[str, str | None], *, denied: bool = False) -> dict[str, str | None]:
        """The values to insert, with all that they refer to in place, in the savepoint that there is. Raises Unseeded.

        Rows that were made up for it stay; the row itself goes. What is to be denied need be no row that could be:
        policies are asked before constraints are.
        """
        template = self.template(table, given)
        if template.problem and denied:
            return dict(given)
        if template.problem:
            raise Unseeded(f"no row of {named(table)} can be made as given: {template.problem}")
        if template.standing:
            return template.values
        row, problem = self.planted(table, given)
        if row is None:
            raise Unseeded(f"no row of {named(table)} can be made as given: {problem}")
        self.session.bypass(f"delete from {named(table)} where ctid = {constant(row['ctid'])}", keep=True)
        return {name: row[name] for name in template.values}


def _vacuity(answer: Answer) -> str:
    if answer.rows > 0:
        return ""
    if answer.ran:
        return NO_ROW
    if answer.sqlstate.startswith(_CONSTRAINT) or answer.function == _RAISED:
        return ""  # a constraint or trigger speaks of a row, which was there
    return f"past all policies it fails, too: {answer.message} ({answer.sqlstate})"
