"""As whom views read what is below them, as a server has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from policytool.access.views import protected_below
from tests.access.support import access_to

if TYPE_CHECKING:
    from policytool.postgres.server import Server

TABLE = "create table t (id int); alter table t enable row level security; grant select on t to authenticated;\n"
STACKS = {
    "definer": "create view v as select * from t;",
    "invoker": "create view v with (security_invoker) as select * from t;",
    "definer over invoker": "create view a with (security_invoker) as table t; create view v as table a;",
    "invoker over definer": "create view a as table t; create view v with (security_invoker) as table a;",
    "definer over definer": "create view a as select * from t; create view v as select * from a;",
}


@pytest.mark.parametrize("stack", STACKS)
def test_a_view_shows_what_a_server_shows(supabase_server: Server, stack: str) -> None:
    """Rows that the policies of a table hide are seen by way of exactly those views that are said to pass by them."""
    access = access_to(TABLE + STACKS[stack])
    name = supabase_server.create_database("supabase_explicit", owner="postgres")
    with supabase_server.connect(name) as connection:
        connection.execute("set role postgres")
        grants = "grant select on all tables in schema public to authenticated; insert into t values (1);"
        connection.execute(f"{TABLE} {STACKS[stack]} {grants}".encode())
        connection.execute("set role authenticated")
        seen = connection.execute("select * from v").fetchall()
    supabase_server.drop_database(name)
    assert bool(protected_below(access.catalog.views["public", "v"], access)) == bool(seen)
