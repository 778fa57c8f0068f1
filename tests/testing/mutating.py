"""Cases that are statements, and what mutants of a small project come to by them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from msgspec import Struct

from policytool.catalog.build.platform import Platform
from policytool.postgres.server import Server
from policytool.postgres.session import Session
from policytool.testing.actors import Actor, key, person
from policytool.testing.mutation.mutate import CaseFile, mutate
from policytool.testing.mutation.score import Mutated, Score
from policytool.testing.outcomes import outcome
from tests.testing.trying import on_a_server

BEN, SAM, ANON = person("ben"), person("sam"), key("anon")
ACTORS = {who.name: who.identity() for who in (BEN, SAM, ANON)}
PLATFORM = Platform(name="supabase-explicit", exposed_schemas=("public",), major_version=18)


class Rows(Struct, frozen=True, kw_only=True):
    """A statement, and how many rows it is to touch; None: it is to be refused."""

    who: Actor
    sql: str
    rows: int | None
    command: str = ""

    @property
    def role(self) -> str:
        return self.who.role

    @property
    def denies(self) -> bool:
        return not self.rows

    @property
    def name(self) -> str:
        return f"{self.who.name}: {self.sql}"

    @property
    def texts(self) -> Collection[str]:
        return (self.sql,)

    def holds(self, session: Session) -> bool:
        answer = session.attempt(self.who.identity(), self.sql)
        refused = outcome(answer).kind in ("denied", "error")
        return refused if self.rows is None else answer.ran and answer.rows == self.rows


def scored(
    server: Server, sql: str, rows: str, cases: Sequence[Rows], actors: Sequence[Actor] = (BEN, SAM, ANON)
) -> Score:
    """What becomes of the mutants of a project."""
    with on_a_server(server, sql, rows) as (session, catalog):
        found = session.bypass("select ctid::text, id from orders") if "orders" in sql else None
        names = {(("public", "orders"), r[0] or ""): r[1] or "" for r in found.values} if found else {}

        def begin() -> Callable[[int], bool]:
            return lambda at: cases[at].holds(session)

        identities = {who.name: who.identity() for who in actors}
        tested = CaseFile(session=session, cases=cases, begin=begin, actors=identities, names=names)
        return mutate(catalog, PLATFORM, [tested])


def ends(score: Score) -> dict[str, str]:
    return {result.text: result.status for result in score.results if result.status != "equivalent"}


def one(score: Score, text: str) -> Mutated:
    return next(result for result in score.results if text in result.text)
