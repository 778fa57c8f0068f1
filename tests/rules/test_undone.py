"""What Postgres does to security in passing, as the rules about migrations say: each claim on a server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server

TABLE = """
create table t (id int primary key, user_id uuid, open boolean);
alter table t enable row level security;
create policy p on t to authenticated using (open);
grant select, update on t to authenticated;
insert into t values (1, null, true), (2, null, false);
"""


@pytest.fixture
def connection(supabase_server: Server) -> Iterator[Connection]:
    """An empty project, as the role that runs migrations."""
    name = supabase_server.create_database("supabase_legacy", owner="postgres")
    with supabase_server.connect(name) as made:
        made.execute("set role postgres")
        yield made
    supabase_server.drop_database(name)


def asked(connection: Connection, query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query.encode()).fetchall()


def as_client(connection: Connection, query: str) -> list[tuple[Any, ...]]:
    """What a signed-in client gets."""
    connection.execute("set role authenticated")
    try:
        return asked(connection, query)
    finally:
        connection.execute("set role postgres")


def test_a_replaced_view_loses_its_options(connection: Connection) -> None:
    """All three of them; ALTER VIEW … SET brings one back."""
    connection.execute(TABLE.encode())
    connection.execute("create view v with (security_invoker, security_barrier) as select id from t where id > 0")
    connection.execute("create view w as select id from t where id > 0 with check option")
    assert as_client(connection, "select id from v") == [(1,)]
    connection.execute("create or replace view v as select id, open from t where id > 0")
    connection.execute("create or replace view w as select id from t where id > 0")
    assert asked(connection, "select reloptions from pg_class where relname in ('v', 'w')") == [(None,), (None,)]
    assert as_client(connection, "select id from v") == [(1,), (2,)]
    connection.execute("alter view v set (security_invoker = on)")
    assert as_client(connection, "select id from v") == [(1,)]


def test_an_invoker_view_needs_privileges_of_the_caller(connection: Connection) -> None:
    """On the table below, too; as its owner's view it needs none."""
    connection.execute("create table s (id int); revoke all on s from authenticated; insert into s values (1)")
    connection.execute("create view v with (security_invoker) as select id from s")
    assert asked(connection, "select has_table_privilege('authenticated', 's', 'select')") == [(False,)]
    with pytest.raises(Exception, match="permission denied for table s"):
        as_client(connection, "select * from v")
    connection.execute("create or replace view v as select id from s")
    assert as_client(connection, "select * from v") == [(1,)]


def test_a_replaced_function_keeps_who_may_call_it(connection: Connection) -> None:
    """And loses SECURITY DEFINER and its settings; dropped and made again it is everybody's, as is a new overload."""
    made = "create or replace function f() returns int language sql"
    about = (
        "select prosecdef, proconfig, has_function_privilege('authenticated', oid, 'execute')"
        " from pg_proc where proname = 'f' order by pronargs desc limit 1"
    )
    connection.execute(f"{made} security definer set search_path = '' as 'select 1'".encode())
    connection.execute("revoke execute on function f() from public, anon, authenticated")
    assert asked(connection, about) == [(True, ['search_path=""'], False)]
    connection.execute(f"{made} as 'select 2'".encode())
    assert asked(connection, about) == [(False, None, False)]
    connection.execute("create function f(int) returns int language sql as 'select 2'")
    assert asked(connection, about) == [(False, None, True)]
    connection.execute("drop function f(int); drop function f()")
    connection.execute(f"{made} as 'select 2'".encode())
    assert asked(connection, about) == [(False, None, True)]


@pytest.mark.parametrize(
    "copy",
    [
        "create table c as select * from t",
        "select * into c from t",
        "create table c (like t including all); insert into c select * from t",
        "create table c (id int, user_id uuid, open boolean); insert into c select * from t; "
        "alter table t rename to old; alter table c rename to t; create view c as select 1; drop view c; "
        "alter table t rename to c",
    ],
)
def test_a_copy_has_no_row_level_security(connection: Connection, copy: str) -> None:
    """Nor policies, but the privileges that come by default."""
    connection.execute(TABLE.encode())
    assert as_client(connection, "select id from t") == [(1,)]
    connection.execute(copy.encode())
    assert asked(connection, "select relrowsecurity from pg_class where relname = 'c'") == [(False,)]
    assert asked(connection, "select count(*) from pg_policies where tablename = 'c'") == [(0,)]
    assert as_client(connection, "select id from c order by id") == [(1,), (2,)]


@pytest.mark.parametrize(
    ("policy", "drop"),
    [
        ("using (mine(id))", "drop function mine(int) cascade"),
        ("using (user_id is null)", "alter table t drop column user_id cascade"),
        ("using (id in (select id from other))", "drop table other cascade"),
        ("using (exists (select 1 from other where other.name = 'x'))", "alter table other drop column name cascade"),
        ("using ('a' = 'a'::label)", "drop type label cascade"),
    ],
)
def test_cascade_takes_policies_and_leaves_row_level_security(connection: Connection, policy: str, drop: str) -> None:
    """A permissive policy that falls leaves nothing to see; a restrictive one leaves what it kept shut."""
    connection.execute(TABLE.encode())
    connection.execute("create table other (id int, name text); grant select on other to authenticated")
    connection.execute("create type label as enum ('a')")
    connection.execute("create function mine(int) returns boolean language sql as 'select true'")
    connection.execute(f"alter policy p on t {policy}".encode())
    with pytest.raises(Exception, match="depend"):
        connection.execute(drop.removesuffix(" cascade").encode())
    connection.execute(drop.encode())
    assert asked(connection, "select polname from pg_policy where polrelid = 't'::regclass") == []
    assert as_client(connection, "select id from t") == []


def test_a_sweeping_grant_covers_what_was_revoked(connection: Connection) -> None:
    """A grant on all tables gives back the columns that column privileges had left out."""
    connection.execute(TABLE.encode())
    connection.execute("revoke update on t from authenticated; grant update (open) on t to authenticated")
    able = "select has_column_privilege('authenticated', 't', 'user_id', 'update')"
    assert asked(connection, able) == [(False,)]
    connection.execute("grant all on all tables in schema public to authenticated")
    assert asked(connection, able) == [(True,)]
    connection.execute("revoke update (user_id) on t from authenticated")
    assert asked(connection, able) == [(True,)]


def test_forcing_binds_owners_but_not_those_who_bypass(connection: Connection) -> None:
    """FORCE makes no difference to a role with BYPASSRLS; NO FORCE frees an owner without."""
    connection.execute("create role plain; grant plain to postgres; grant create, usage on schema public to plain")
    for owner, bound in (("plain", True), ("postgres", False)):
        connection.execute(f"set role {owner}".encode())
        connection.execute("create table u (id int); insert into u values (1)")
        connection.execute("alter table u enable row level security, force row level security")
        assert (asked(connection, "table u") == []) is bound, owner
        connection.execute("alter table u no force row level security")
        assert asked(connection, "table u") == [(1,)], owner
        connection.execute("drop table u; set role postgres")
    connection.execute("revoke create, usage on schema public from plain; drop role plain")
