"""Views and materialised views: the builder and a server end with the same options, columns and definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.catalog.build.agreement import differences
from tests.catalog.build.support import built, folded

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

BEFORE = "create table t (a int primary key, b text, c numeric(10,2)); create view old as select a, b from t;"
VIEWS = [
    "create view v as select a, b from t",
    "create view v (x) as select a, b from t",
    "create view v as select * from t",
    "create view v (x, y) as select * from t",
    "create view v (x, y, z, q) as select * from t",
    "create view v as select a, a from t",
    "create view v as select a, a as a2, 1 as one, b::varchar(5) as short from t",
    "create view v with (security_invoker) as select a from t",
    "create view v with (security_invoker = on, security_barrier = 0) as select a from t",
    "create view v with (security_invoker = maybe) as select a from t",
    "create view v with (nope = 1) as select a from t",
    "create view v with (security_barrier = true) as select a from t with check option",
    "create view v as select a from t with local check option",
    "create view v with (check_option = cascaded) as select a from t",
    "create view v with (check_option = nope) as select a from t",
    "create schema s; create view s.v as select a from t; create view s.w as select * from s.v",
    "create view t as select 1 as a",
    "create type e as enum ('a'); create view e as select 1 as a",
    "create view old as select 1 as a",
    "create temporary view v as select a from t",
    "create recursive view v (n) as values (1) union all select n + 1 from v where n < 5",
    "create view v as with q as (select a from t) select * from q",
    "create view v as select t.a, o.b from t join old o on o.a = t.a where t.c > 1 order by 1 limit 5",
    "create view v as select a from t union all select a from old",
    "create view v as select x.a from (select a from t) x",
    "create or replace view old as select a, b, c from t",
    "create or replace view old as select a from t",
    "create or replace view old as select a, b as x from t",
    "create or replace view old as select c as a, b from t",
    "create or replace view t as select 1 as a",
    "create or replace view fresh as select a from t",
    "alter view old set (security_invoker = true); create or replace view old as select a, b from t",
    "alter view old alter a set default 7; comment on column old.a is 'kept'; comment on view old is 'kept too'; "
    "create or replace view old as select a, b, c from t",
    "alter view old set (security_invoker = true, security_barrier); alter view old set (security_invoker = off)",
    "alter view old set (security_invoker = true); alter view old reset (security_invoker)",
    "alter table old set (security_barrier = yes)",
    "alter view old set (check_option = local)",
    "alter view old set (check_option = nope)",
    "alter view old set (security_invoker = nope)",
    "alter view old alter column a set default 3",
    "alter view old alter column a set default 3; alter view old alter a drop default",
    "alter view old alter column nope set default 3",
    "alter view t set (security_invoker = true)",
    "alter view if exists nope set (security_invoker = true)",
    "create materialized view m as select a, b from t",
    "create materialized view m (x) with (fillfactor = 70) as select a, b from t with no data",
    "create materialized view if not exists m as select a from t; create materialized view if not exists m as select 1",
    "create materialized view m as select a from t; create materialized view m as select 1 as a",
    "create materialized view m as select a from t; create or replace view m as select a from t",
    "create materialized view m with (security_invoker = true) as select a from t",
    "create materialized view m as select a from t; alter materialized view m set (fillfactor = 80)",
    "create materialized view m as select a from t; alter materialized view m alter a set statistics 5",
    "create materialized view m as select a from t; alter materialized view m alter a set default 5",
    "create materialized view m as select a from t; create unique index on m (a); comment on materialized view m "
    "is 'x'",
]


@pytest.mark.parametrize("sql", VIEWS)
def test_views_are_as_on_a_server(database: Connection, sql: str) -> None:
    """CREATE, OR REPLACE and ALTER VIEW leave on a server what the builder says, or are refused alike."""
    assert differences(database, BEFORE + sql) == []


def test_replacing_loses_the_options() -> None:
    """CREATE OR REPLACE VIEW without WITH takes security_invoker away; owner and grants stay."""
    catalog = built(
        "create role r; create table t (a int); create view v with (security_invoker = true) as select a from t;"
        "grant select on v to r; create or replace view v as select a from t;"
    )
    view = catalog.views[("public", "v")]
    assert (view.options, view.security_invoker) == ((), False)
    assert ("r", "SELECT") in {(g.grantee, g.privilege) for g in view.grants}


def test_the_fields_follow_the_options() -> None:
    """security_invoker, security_barrier and check_option say what the options say after each ALTER."""
    catalog = built(
        "create table t (a int); create view v with (security_barrier) as select a from t with cascaded check option;"
        "alter view v set (security_invoker = yes); alter view v reset (security_barrier);"
    )
    view = catalog.views[("public", "v")]
    assert (view.security_invoker, view.security_barrier, view.check_option) == (True, False, "CASCADED")


def test_the_tables_of_a_view_are_assumed() -> None:
    """A view over a table nobody made is kept, whatever its columns; names of WITH queries are no tables."""
    state, refused = folded(
        "create view v as with w as (select id from gone) select * from w join pg_class on true;"
        "create or replace view v as select id from gone;"
    )
    assert refused == []
    assert [key for key, table in state.tables.items() if table.assumed] == [("public", "gone")]
    assert [u.kind for u in state.unmodelled] == ["assumed"]


def test_the_columns_of_unmodelled_relations_are_left_open() -> None:
    """`*` over Postgres's own relations stays as it is, and such a view may be replaced by any other."""
    state, refused = folded(
        "create view v as select * from pg_tables; create or replace view v as select tablename from pg_tables"
    )
    view = state.views[("public", "v")]
    assert (refused, [c.name for c in view.columns]) == ([], ["tablename"])


def test_what_is_temporary_is_not_in_the_catalog() -> None:
    """Temporary views, functions and types end with their session."""
    catalog = built(
        "create temp table t (a int); create view v as select a from t; create type pg_temp.e as enum ('a');"
        "create function pg_temp.f(e) returns int language sql as 'select 1'; create temp view w as select 1 as a"
    )
    assert [key for store in (catalog.views, catalog.functions, catalog.enums) for key in store] == []
    assert "pg_temp" not in catalog.schemas
    assert catalog.unmodelled == ()


def test_an_assumed_table_turns_out_to_be_a_view() -> None:
    """A relation that was named before its CREATE VIEW becomes the view, with the grants given before."""
    state, refused = folded(
        "create role r; grant select on v to r; comment on table v is 'x'; create view v as select 1 as a"
    )
    view = state.views[("public", "v")]
    assert (refused, view.comment, state.tables) == ([], "x", {})
    assert ("r", "SELECT") in {(g.grantee, g.privilege) for g in view.grants}
