"""What a caller can put before the names in a definer function's body, held against a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from policytool.postgres.server import Server

Ask = Callable[..., str]
OWNERS = """
create table public.t (x text);
insert into public.t values ('owner''s');
create function public.f() returns text language sql security definer set search_path = {path}
  as 'select x from t limit 1';
"""


@pytest.fixture
def answers(server: Server) -> Iterator[Ask]:
    """What the function answers to a caller who has made relations of the same name."""
    made: list[str] = []

    def ask(path: str, *callers: str) -> str:
        name = server.create_database()
        made.append(name)
        with server.connect(name) as connection:
            connection.execute(OWNERS.format(path=path).encode())
            connection.execute(b"create role guest_of_paths")
            try:
                connection.execute(b"create schema guest_of_paths authorization guest_of_paths")
                connection.execute(b"set role guest_of_paths")
                for statement in callers:
                    connection.execute(statement.encode())
                row = connection.execute(b"select public.f()").fetchone()
                assert row is not None
                return str(row[0])
            finally:
                connection.execute(b"reset role")
                connection.execute(b"drop owned by guest_of_paths cascade")
                connection.execute(b"drop role guest_of_paths")

    yield ask
    for name in made:
        server.drop_database(name)


TEMPORARY = ("create temp table t (x text)", "insert into t values ('caller''s')", "grant select on t to public")
OWN_SCHEMA = (
    "create table guest_of_paths.t (x text)", "insert into guest_of_paths.t values ('caller''s')",
    "grant usage on schema guest_of_paths to public", "grant select on guest_of_paths.t to public",
)  # fmt: skip


def test_temporary_tables_come_first_where_pg_temp_is_not_listed(answers: Ask) -> None:
    """A caller's temporary table is taken for the owner's, unless pg_temp is listed last."""
    assert answers("public", *TEMPORARY) == "caller's"
    assert answers("pg_temp, public", *TEMPORARY) == "caller's"
    assert answers("public, pg_temp", *TEMPORARY) == "owner's"


def test_user_is_the_owner(answers: Ask) -> None:
    """$user in the search_path of a definer function is the owner, whatever schema the caller has."""
    assert answers('"$user", public, pg_temp', *OWN_SCHEMA) == "owner's"
    assert answers("guest_of_paths, public, pg_temp", *OWN_SCHEMA) == "caller's"
