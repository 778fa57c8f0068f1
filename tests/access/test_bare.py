"""Calls put into (SELECT …) are still what they were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from policytool.access.bare import with_calls_once
from tests.access.support import access_to

if TYPE_CHECKING:
    from policytool.postgres.server import Server

SQL = """
create function yes() returns boolean language sql stable as 'select true';
create function mine() returns int[] language sql stable as 'select array[1, 2]';
create function at_least(n int) returns int language sql stable as 'select n';
create table t (id int primary key, n int);
"""
EXPRESSIONS = {
    "public.yes()": 4,
    "n > 1 AND public.yes()": 2,
    "id = ANY (public.mine())": 2,
    "id <> ALL (public.mine())": 2,
    "id >= public.at_least(3)": 2,
    "n = public.at_least(n)": 4,
    "id IN (SELECT unnest(public.mine()))": 2,
}


@pytest.fixture(scope="module")
def rows(supabase_server: Server) -> Any:
    """A connection to a database with four rows."""
    name = supabase_server.create_database("supabase_explicit")
    with supabase_server.connect(name) as connection:
        connection.execute(f"{SQL} insert into t select i, i % 3 + 0 from generate_series(1, 4) as i".encode())
        connection.execute(b"update t set n = case when id <= 2 then 1 else 2 end")
        yield connection
    supabase_server.drop_database(name)


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_the_same_rows_pass(rows: Any, text: str) -> None:
    """As before, on a server."""
    mended = with_calls_once(text, access_to(SQL).helpers)
    found = [rows.execute(f"select count(*) from t where {e}".encode()).fetchone()[0] for e in (text, mended)]
    assert found == [EXPRESSIONS[text]] * 2
    assert (mended == text) == ("(n)" in text or "SELECT" in text)
