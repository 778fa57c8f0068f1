"""REVOKE statements that take nothing away, on a server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

START = """
create role rv_maker; create role rv_user; create role rv_group; create role rv_member; grant rv_group to rv_member;
create schema s; grant usage on schema s to public; grant create on schema s to rv_maker;
set role rv_maker;
create table s.t (a int, b int);
create function s.f() returns int language sql as 'select 1';
"""
COLUMN = "pg_catalog.has_column_privilege('{}', 's.t', '{}', 'select')"
CALL = "pg_catalog.has_function_privilege('{}', 's.{}()', 'execute')"
MAKE = "create function s.g() returns int language sql as 'select 1';"


@pytest.fixture
def maker(database: Connection) -> Iterator[Connection]:
    """A transaction as the owner of s.t and s.f, rolled back at the end, roles and all."""
    with database.transaction(force_rollback=True):
        database.execute(START.encode())
        yield database


@pytest.mark.parametrize(
    ("sql", "question", "answer"),
    [
        ("grant select on s.t to rv_user; revoke select (b) on s.t from rv_user;", COLUMN.format("rv_user", "b"), True),
        ("grant select on s.t to public; revoke select (b) on s.t from rv_user;", COLUMN.format("rv_user", "b"), True),
        ("grant select (a, b) on s.t to rv_user; revoke select (b) on s.t from rv_user;",
         COLUMN.format("rv_user", "b"), False),
        ("grant select on s.t to rv_user; grant select (b) on s.t to rv_user; revoke select on s.t from rv_user;",
         COLUMN.format("rv_user", "b"), False),
        ("grant select on s.t to rv_user; revoke select on s.t from rv_user; grant select (a) on s.t to rv_user;",
         COLUMN.format("rv_user", "a"), True),
        ("revoke execute on function s.f() from rv_user;", CALL.format("rv_user", "f"), True),
        ("revoke all on all functions in schema s from rv_user;", CALL.format("rv_user", "f"), True),
        ("revoke execute on function s.f() from public, rv_user;", CALL.format("rv_user", "f"), False),
        ("revoke all on function s.f() from public; grant execute on function s.f() to rv_group; "
         "revoke execute on function s.f() from rv_member;", CALL.format("rv_member", "f"), True),
        ("alter default privileges in schema s revoke execute on functions from public;" + MAKE,
         CALL.format("rv_user", "g"), True),
        ("alter default privileges in schema s revoke execute on functions from rv_user;" + MAKE,
         CALL.format("rv_user", "g"), True),
        ("alter default privileges revoke execute on functions from public;" + MAKE,
         CALL.format("rv_user", "g"), False),
        ("alter default privileges revoke execute on functions from public; "
         "alter default privileges in schema s grant execute on functions to public; "
         "alter default privileges in schema s revoke execute on functions from public;" + MAKE,
         CALL.format("rv_user", "g"), False),
        ("alter default privileges revoke execute on functions from public; "
         "alter default privileges grant execute on functions to rv_user; "
         "alter default privileges in schema s revoke execute on functions from rv_user;" + MAKE,
         CALL.format("rv_user", "g"), True),
    ],
)  # fmt: skip
def test_what_is_left_after_a_revoke(maker: Connection, sql: str, question: str, answer: bool) -> None:
    """Columns under a grant on the table, roles under PUBLIC or a group, and schemas under a global default keep it."""
    maker.execute(sql.encode())
    assert maker.execute(f"select {question}".encode()).fetchone() == (answer,)


def test_a_former_owner_keeps_nothing(maker: Connection) -> None:
    """What a role was granted before it became the owner goes with the ownership."""
    maker.execute(
        """
        grant select on s.t to rv_user;
        reset role;
        alter table s.t owner to rv_user;
        alter table s.t owner to rv_maker;
        """
    )
    assert maker.execute("select pg_catalog.has_table_privilege('rv_user', 's.t', 'select')").fetchone() == (False,)
