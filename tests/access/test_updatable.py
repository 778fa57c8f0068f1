"""Which views can be written through, as a server has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from policytool.access.updatable import base_table, commands
from tests.access.support import access_to

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

SETUP = """
create table t (id int primary key, a int, b text);
create table u (id int primary key);
create function same(i int) returns int language sql as 'select i';
create view inner_view as select id, a from t;
"""
VIEWS = {
    "all": "select * from t",
    "some columns": "select id, b from t where a > 0",
    "an expression besides": "select id, a + 1 as more from t",
    "only expressions": "select a + 1 as more from t",
    "a renamed column": "select b as c from t",
    "of a view": "select * from inner_view",
    "a join": "select t.id from t join u on u.id = t.id",
    "two sources": "select t.id from t, u",
    "distinct": "select distinct id from t",
    "a group": "select a from t group by a",
    "an aggregate": "select count(*) as n from t",
    "a window": "select id, row_number() over () as n from t",
    "a limit": "select id from t limit 1",
    "an offset": "select id from t offset 1",
    "a union": "select id from t union all select id from u",
    "a list": "values (1)",
    "a WITH": "with x as (select 1) select id from t",
    "a sub-query": "select id from (select id from t) as x",
    "a sub-query as a column": "select id, (select count(*) from u) as n from t",
    "a function of the user's": "select id, same(a) as n from t",
    "a function's rows": "select x from generate_series(1, 2) as x",
    "an order": "select id from t order by id",
}

BITS = {"UPDATE": 4, "INSERT": 8, "DELETE": 16}


@pytest.mark.parametrize("name", VIEWS)
def test_views_are_updatable_as_on_a_server(database: Connection, name: str) -> None:
    """pg_relation_is_updatable says the same: which of INSERT, UPDATE and DELETE a view takes."""
    sql = f"{SETUP} create view v as {VIEWS[name]};"
    access = access_to(sql)
    view = access.catalog.views["public", "v"]
    database.execute(sql.encode())
    row = database.execute("select pg_relation_is_updatable('v'::regclass, false)").fetchone()
    assert row is not None
    taken = commands(view) if base_table(view, access) is not None else ()
    assert set(taken) == {command for command, bit in BITS.items() if row[0] & bit}
