"""Which columns triggers keep, and that a server keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from policytool.access.triggers import Kept
from tests.access.support import access_to, table_of

if TYPE_CHECKING:
    from policytool.postgres.server import Server

TABLE = "create table t (id int, user_id uuid, org_id uuid, n int);\n"
ME = "00000000-0000-0000-0000-000000000001"
ANOTHER = "00000000-0000-0000-0000-000000000002"
SET = "new.user_id := auth.uid();"
BODIES = {
    "set": (SET, True),
    "set with =": ('NEW."user_id" = auth.uid();', True),
    "set by a query": ("select auth.uid() into new.user_id;", True),
    "set for this command": (f"if tg_op = 'INSERT' then {SET} end if;", True),
    "set for all but others": (f"if tg_op = 'UPDATE' then null; else {SET} end if;", True),
    "refused": ("if new.user_id <> auth.uid() then raise exception 'no'; end if;", True),
    "refused otherwise": ("if new.user_id = auth.uid() then return new; end if; raise exception 'no';", True),
    "refused in else": ("if new.user_id = auth.uid() then return new; else raise exception 'no'; end if;", True),
    "refused by a variable": (
        "declare me uuid := auth.uid(); begin if new.user_id <> me then raise exception 'no'; end if; end;",
        True,
    ),
    "a default": (f"if new.user_id is null then {SET} end if;", False),
    "a default by coalesce": ("new.user_id := coalesce(new.user_id, auth.uid());", False),
    "set for another command": (f"if tg_op in ('UPDATE', 'DELETE') then {SET} end if;", False),
    "not null": ("if new.user_id is null then raise exception 'no'; end if;", False),
    "another column": ("new.org_id := auth.uid();", False),
    "a limit": (
        "if (select count(*) from t where t.user_id = new.user_id) > 5 then raise exception 'no'; end if;",
        False,
    ),
    "a notice": ("if new.user_id <> auth.uid() then raise notice 'no'; end if;", False),
}


def made(body: str, timing: str = "before", event: str = "insert") -> str:
    function = f"create function f() returns trigger language plpgsql as $$ begin {body} return new; end $$;"
    return f"{TABLE} {function} create trigger g {timing} {event} on t for each row execute function f();"


@pytest.mark.parametrize("name", BODIES)
def test_what_a_trigger_keeps(supabase_server: Server, name: str) -> None:
    """A column is said to be kept exactly when a server does not take somebody else's value into it."""
    body, kept = BODIES[name]
    access = access_to(made(body))
    assert ("user_id" in Kept(table_of(access, "t"), "INSERT", access).new) == kept
    database = supabase_server.create_database("supabase_explicit")
    with supabase_server.connect(database) as connection:
        connection.execute(made(body).encode())
        claims = f"select set_config('request.jwt.claims', '{{\"sub\": \"{ME}\"}}', false)"
        connection.execute(claims.encode())
        try:
            connection.execute("insert into t (user_id) values (%s)", (ANOTHER,))
            found = [str(row[0]) for row in connection.execute("select user_id from t").fetchall()]
        except psycopg.errors.RaiseException:
            found = []
    supabase_server.drop_database(database)
    assert (ANOTHER not in found) == kept


def test_what_comes_after_sets_nothing() -> None:
    """An AFTER trigger can refuse, but what it assigns is lost."""
    access = access_to(made(SET, timing="after"))
    assert Kept(table_of(access, "t"), "INSERT", access).new == set()
    access = access_to(made("if new.user_id <> auth.uid() then raise exception 'no'; end if;", timing="after"))
    assert Kept(table_of(access, "t"), "INSERT", access).new == {"user_id"}


def test_what_must_stay_as_it_was() -> None:
    """A comparison with the old row keeps a column in UPDATE; one of the old row with the person spares the row."""
    access = access_to(made("if new.user_id <> old.user_id then raise exception 'no'; end if;", event="update"))
    kept = Kept(table_of(access, "t"), "UPDATE", access)
    assert (kept.new, kept.old) == ({"user_id"}, set())
    access = access_to(made("if old.user_id <> auth.uid() then raise exception 'no'; end if;", event="update"))
    kept = Kept(table_of(access, "t"), "UPDATE", access)
    assert (kept.new, kept.old) == (set(), {"user_id"})


def test_a_disabled_trigger_keeps_nothing() -> None:
    """Nor one for another event, nor one for each statement."""
    for sql in (
        made(SET) + "alter table t disable trigger g;",
        made(SET, event="update"),
        made(SET).replace("each row", "each statement"),
    ):
        access = access_to(sql)
        assert Kept(table_of(access, "t"), "INSERT", access).new == set()


def test_the_condition_of_a_trigger_counts() -> None:
    """WHEN is a condition as any other."""
    sql = made("raise exception 'no';", event="update").replace(
        "execute", "when (new.org_id is distinct from old.org_id) execute"
    )
    access = access_to(sql)
    assert Kept(table_of(access, "t"), "UPDATE", access).new == {"org_id"}
