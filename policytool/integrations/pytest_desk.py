"""What a test tries: in the one transaction of the test that is undone, or each in its own that stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from operator import methodcaller
from typing import Final

from msgspec import Struct, structs

from policytool.catalog.objects import Catalog
from policytool.errors import UsageError
from policytool.integrations.pytest_saying import told
from policytool.postgres.acting import Parameters, filled
from policytool.postgres.entitled import Actors
from policytool.postgres.session import Answer, Broken, Identity, Session
from policytool.testing.actors import Actor
from policytool.testing.deciding.ablation import decided
from policytool.testing.deciding.asked import asked, plain
from policytool.testing.outcomes import Outcome, outcome
from policytool.testing.running.bench import Bench
from policytool.testing.running.verdict import Attempt, command_of, unexpected
from policytool.testing.running.world import World
from policytool.testing.suites.form import BY
from policytool.testing.suites.suite import Expect
from policytool.testing.suites.yamlfile import nearest


class Tried(Struct, frozen=True, kw_only=True):
    """A statement that somebody tried."""

    actor: Actor
    sql: str
    answer: Answer
    got: Outcome

    @property
    def error(self) -> str:
        """The server's message; '' if it ran."""
        return f"{self.answer.message} ({self.answer.sqlstate})" if self.answer.sqlstate else ""


class Refused(Exception):
    """A statement of somebody did not run. `got` says how that is to be read, `answer` has the server's error."""

    def __init__(self, tried: Tried) -> None:
        self.got = tried.got
        self.answer = tried.answer
        super().__init__(
            told(f"{tried.actor.name} is stopped: {tried.error}", {"sql": tried.sql, "got": str(self.got)})
        )


class Wrong(LookupError):
    """A table, column, role or row that is not there, or cannot be made."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(f"{message}; {hint}" if hint else message)


# What a test is told is told at a line of its own.
HIDE: Final = methodcaller("errisinstance", (AssertionError, Refused, UsageError, Wrong))
__tracebackhide__ = HIDE


class Desk:
    """A session on a copy of the database; `keeps`: what is kept is committed, else undone after the test."""

    def __init__(
        self, session: Session, actors: Actors, catalog: Catalog, *, keeps: bool, spoil: Callable[[], None]
    ) -> None:
        self.session = session
        self.actors = actors
        self.catalog = catalog
        self.keeps = keeps
        self._spoil = spoil

    @contextmanager
    def trying(self) -> Iterator[None]:
        """A transaction to try something in."""
        if not self.keeps:
            yield
            return
        with self.session.transaction():
            yield

    def bypass(self, sql: str, parameters: Parameters | None = None, *, keep: bool = False) -> Answer:
        """Run SQL past all policies."""
        return self._once(lambda sql: self.session.bypass(sql, keep=keep), sql, parameters, keep=keep)

    def attempt(self, actor: Actor, sql: str, parameters: Parameters | None = None, *, keep: bool = False) -> Tried:
        """Run SQL as somebody."""
        sql = filled(self.session.connection, sql, parameters)
        who = identity(actor)
        answer = self._once(lambda sql: self.session.attempt(who, sql, keep=keep), sql, None, keep=keep)
        return self.read(actor, sql, answer)

    def read(self, actor: Actor, sql: str, answer: Answer) -> Tried:
        """What an answer says of access."""
        return Tried(actor=actor, sql=sql, answer=answer, got=outcome(answer, self._command(sql)))

    def _once(self, run: Callable[[str], Answer], sql: str, parameters: Parameters | None, *, keep: bool) -> Answer:
        sql = filled(self.session.connection, sql, parameters)
        try:
            with self.trying():
                answer = run(sql)
                if keep and self.keeps and answer.ran:
                    self.session.connection.execute("commit")
                return answer
        except Broken:
            self._spoil()
            raise

    def _command(self, sql: str) -> str:
        return asked(sql, self.catalog, command=None if command_of(sql) == "SELECT" else command_of(sql)).command

    # --- judging ----------------------------------------------------------------------------------------------------

    def refuted(self, tried: Tried, expect: Expect, world: World, people: Mapping[str, str]) -> str:
        """What is not as expected, with all that is known of it; '' where all is."""
        with self.trying():
            tried = self._gate(tried)
            found = Attempt(
                actor=tried.actor.name,
                command=command_of(tried.sql),
                sql=tried.sql,
                answer=tried.answer,
                got=tried.got,
            )
            problem = unexpected(Bench(self.session, world), found, expect)
            if not problem:
                return ""
            facts = {
                "who": f"{tried.actor.name} ({tried.actor.role})",
                "sql": tried.sql,
                "expected": str(expect),
                "got": _got(tried),
                "error": tried.error if tried.error not in problem else "",
                "why": self._why(tried, people),
            }
            return told(problem, facts)

    def why(self, tried: Tried, people: Mapping[str, str]) -> str:
        """What decided: the grant, or the policy by name and place."""
        with self.trying():
            return self._why(tried, people)

    def _why(self, tried: Tried, people: Mapping[str, str]) -> str:
        statement = asked(tried.sql, self.catalog, command=self._command(tried.sql))
        return decided(self.session, self.catalog, tried.actor, statement, tried.answer, people=people).text

    def _gate(self, tried: Tried) -> Tried:
        """A row that WITH CHECK accepts may still be refused because it is to be read."""
        bare = plain(tried.sql) if tried.got.by == "check" else ""
        if not bare:
            return tried
        without = outcome(self.session.attempt(identity(tried.actor), bare), self._command(bare))
        return structs.replace(tried, got=structs.replace(tried.got, by="read")) if without.passed_policies else tried


def identity(actor: Actor) -> Identity:
    """Who somebody is to the database."""
    found = actor.identity()
    # The platform's own trigger refuses deletes of storage objects to those who do not say so.
    return Identity(role=found.role, settings={"storage.allow_delete_query": "true", **found.settings})


def denial(by: str | None) -> Expect:
    """That a statement is refused, for this reason if one is given. Raises ValueError for a reason that is none."""
    if by and by not in BY:
        raise ValueError(f"denied by {by!r}: {nearest(by, BY)}")
    return Expect(kind="deny", by=by or "")


def allowance(rows: int | None) -> Expect:
    """That a statement runs, and touches a row, or so many."""
    return Expect(kind="allow") if rows is None else Expect(kind="result", rows=rows)


def _got(tried: Tried) -> str:
    rows = tried.answer.rows
    return f"{tried.got}, {rows} row{'' if rows == 1 else 's'}" if tried.answer.ran else str(tried.got)
