"""A small project on a real server, in a session, with its catalog."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from policytool.catalog.objects import Catalog
from policytool.postgres.entitled import actors, entitled
from policytool.postgres.platform import apply_migrations
from policytool.postgres.server import Server
from policytool.postgres.session import Session, open_session
from policytool.testing.actors import Actor
from policytool.testing.deciding.ablation import decided
from policytool.testing.deciding.asked import asked
from policytool.testing.deciding.decision import Decision
from tests.catalog.build.support import built


@contextmanager
def on_a_server(server: Server, sql: str, rows: str = "") -> Iterator[tuple[Session, Catalog]]:
    """A session, in a transaction, in a Supabase project without old default grants that ran `sql`."""
    name = server.create_database("supabase_explicit", owner="postgres")
    results = apply_migrations(server, name, [sql])
    assert [r.error.message for r in results if r.error] == []
    try:
        with entitled(server) as user, open_session(actors(server, name, user)) as session, session.transaction():
            if rows:
                planted = session.bypass(rows, keep=True)
                assert planted.ran, planted
            yield session, built(sql, "supabase-explicit")
    finally:
        server.drop_database(name)


def why(session: Session, catalog: Catalog, who: Actor, sql: str, **about: str) -> Decision:
    """Why a statement ends as it does."""
    question = asked(sql, catalog, **about)
    answer = session.attempt(who.identity(), sql)
    return decided(session, catalog, who, question, answer, people=PEOPLE)


PEOPLE: dict[str, str] = {}
