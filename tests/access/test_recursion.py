"""What recurs by way of policies, as a server has it: which queries, and with which error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.access.support import access_to, table_of

if TYPE_CHECKING:
    from policytool.access import Access
    from policytool.postgres.server import Connection, Server

TABLES = """
create table t (id int primary key, user_id uuid, org uuid);
create table m (id int primary key, org uuid, user_id uuid);
alter table t enable row level security;
alter table m enable row level security;
grant select, insert, update, delete on t, m to authenticated;
"""
QUERIES = {
    "SELECT": "explain select id from t",
    "INSERT": "explain insert into t values (5)",
    "UPDATE": "explain update t set id = 9",
    "DELETE": "explain delete from t",
}
OWN = "create policy own on t for select to authenticated using (user_id = (select auth.uid()));"
PLAIN = "create policy own on t for select to authenticated using (user_id = auth.uid());"
BACK = "create policy back on m for select to authenticated using (exists (select from t where t.org = m.org));"
INVOKER = "create view v with (security_invoker) as select * from t; grant select on v to authenticated;"
ITSELF = "exists (select from t x where x.org = t.org)"
POLICIES = {
    "itself": f"create policy p on t for select to authenticated using ({ITSELF});",
    "itself, for all": f"create policy p on t to authenticated using ({ITSELF});",
    "itself, beside another": f"create policy p on t for select to authenticated using ({ITSELF}); {PLAIN}",
    "itself, never true": f"create policy p on t for select to authenticated using (false and {ITSELF});",
    "itself, for another role": f"create policy p on t for select to anon using ({ITSELF}); {PLAIN}",
    "itself, restrictive": f"create policy p on t as restrictive for select to authenticated using ({ITSELF}); {PLAIN}",
    "itself, restrictive alone": f"create policy p on t as restrictive for select to authenticated using ({ITSELF});",
    "insert": f"create policy p on t for insert to authenticated with check ({ITSELF});",
    "insert, plain select": f"create policy p on t for insert to authenticated with check ({ITSELF}); {PLAIN}",
    "insert, scalar select": f"create policy p on t for insert to authenticated with check ({ITSELF}); {OWN}",
    "update, plain select": f"create policy p on t for update to authenticated using ({ITSELF}); {PLAIN}",
    "update, scalar select": f"create policy p on t for update to authenticated using ({ITSELF}); {OWN}",
    "update check, scalar select": "create policy p on t for update to authenticated using (true) "
    f"with check ({ITSELF}); {OWN}",
    "delete, scalar select": f"create policy p on t for delete to authenticated using ({ITSELF}); {OWN}",
    "mutual": "create policy p on t for select to authenticated using (exists (select from m where m.org = t.org)); "
    + BACK,
    "mutual, insert, scalar": "create policy p on t for insert to authenticated "
    f"with check (exists (select from m where m.org = t.org)); {OWN} {BACK}",
    "mutual, insert, plain": "create policy p on t for insert to authenticated "
    f"with check (exists (select from m where m.org = t.org)); {PLAIN} {BACK}",
    "one way": "create policy p on t for select to authenticated using (exists (select from m where m.org = t.org));",
    "definer view": "create view v as select * from t; grant select on v to authenticated; "
    "create policy p on t for select to authenticated using (exists (select from v where v.org = t.org));",
    "invoker view": f"{INVOKER} "
    "create policy p on t for select to authenticated using (exists (select from v where v.org = t.org));",
    "definer over invoker": f"{INVOKER} create view w as select * from v; grant select on w to authenticated; "
    "create policy p on t for select to authenticated using (exists (select from w where w.org = t.org));",
    "materialized view": "create materialized view v as select * from t; grant select on v to authenticated; "
    "create policy p on t for select to authenticated using (exists (select from v where v.org = t.org));",
}
BODY = "select exists (select from public.t x where x.org is null)"
FUNCTIONS = {
    "sql": f"create function f() returns boolean language sql stable as '{BODY}';",
    "plpgsql": "create function f() returns boolean language plpgsql stable as "
    "'begin return exists (select from public.t x where x.org is null); end';",
    "definer": f"create function f() returns boolean language sql stable security definer as '{BODY}';",
}


def predicted(access: Access) -> set[str]:
    """The commands on t that are said to end where they are planned."""
    table, found = table_of(access, "t"), set()
    for policy in table.policies:
        for circle in access.recursion.of_policy(table, policy, "authenticated"):
            if not circle.writing:
                found.add("SELECT")
            commands = {"INSERT", "UPDATE", "DELETE"} if policy.command == "ALL" else {policy.command}
            found |= commands
    return found


@pytest.fixture
def connection(supabase_server: Server) -> Iterator[Connection]:
    """As the role that makes tables, in a fresh database."""
    name = supabase_server.create_database("supabase_explicit", owner="postgres")
    with supabase_server.connect(name) as made:
        made.execute("set role postgres")
        yield made
    supabase_server.drop_database(name)


@pytest.mark.parametrize("name", POLICIES)
def test_what_recurs_in_planning(connection: Connection, name: str) -> None:
    """Exactly the commands that are said to recur fail with 42P17; a policy is always taken."""
    sql = TABLES + POLICIES[name]
    connection.execute(sql.encode())
    connection.execute("set role authenticated")
    refused = set()
    for command, query in QUERIES.items():
        try:
            connection.execute(query.encode())
        except psycopg.errors.InvalidObjectDefinition:
            refused.add(command)
    assert refused == predicted(access_to(sql))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_recurs_in_running(connection: Connection, name: str) -> None:
    """A function of the caller's rights fills the stack, one of an exempt owner does not."""
    sql = f"{TABLES} {FUNCTIONS[name]} create policy p on t for select to authenticated using (f());"
    connection.execute(f"{sql} insert into t values (1)".encode())
    connection.execute("set role authenticated")
    access = access_to(sql)
    table = table_of(access, "t")
    circles = access.recursion.of_policy(table, table.policies[0], "authenticated")
    assert all(c.by is not None and access.recursion.certain(c, "authenticated") for c in circles)
    if not circles:
        assert connection.execute("select id from t").fetchall() == [(1,)]
    else:
        with pytest.raises(psycopg.errors.StatementTooComplex):
            connection.execute("select id from t")
