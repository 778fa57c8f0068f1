"""DROP takes along in the builder what it takes along on a server, and is refused where a server refuses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.catalog.build.contrast import contrast
from tests.catalog.build.support import built, folded

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

FACETS = (
    "tables", "columns", "constraints", "indexes", "sequences", "policies", "triggers", "rules", "views",
    "relation grants", "schemas", "functions", "types", "default privileges", "publications", "event triggers",
    "extensions", "servers", "wrappers",
)  # fmt: skip
FUNCTION = "create function f() returns int language sql stable as 'select 1';"
TRIGGER = "create function f() returns trigger language plpgsql as 'begin return new; end';"

TABLES = {
    "table": "create table t (i int); drop table t;",
    "missing": "drop table t;",
    "if exists": "drop table if exists t, n.u;",
    "several": "create table t (i int); create table u (i int); drop table t, u;",
    "several, one missing": "create table t (i int); drop table t, u;",
    "several, one missing, if exists": "create table t (i int); drop table if exists t, u;",
    "with parts": """create table t (i serial primary key, j int unique check (j > 0)); create index on t (j);
        alter table t enable row level security; create policy p on t using (i = 1); drop table t;""",
    "view over it": "create table t (i int); create view v as select i from t; drop table t;",
    "view over it cascade": """create table t (i int); create view v as select i from t;
        create view w as select i from v; create materialized view m as select i from w; drop table t cascade;""",
    "view and table": """create table t (i int); create view v as select i from t; drop table t; drop view v;
        drop table t;""",
    "foreign key": "create table t (i int primary key); create table u (i int references t); drop table t;",
    "foreign key cascade": """create table t (i int primary key); create table u (i int references t);
        drop table t cascade;""",
    "foreign key with both": """create table t (i int primary key); create table u (i int references t);
        drop table t, u;""",
    "foreign key to itself": "create table t (i int primary key, j int references t); drop table t;",
    "policy of another": """create table t (i int); create table u (i int); alter table u enable row level security;
        create policy p on u using (exists (select from t where t.i = u.i)); drop table t;""",
    "policy of another cascade": """create table t (i int); create table u (i int);
        alter table u enable row level security;
        create policy p on u using (exists (select from t where t.i = u.i)); create policy q on u using (true);
        drop table t cascade;""",
    "partitions go": """create table p (i int) partition by range (i);
        create table q partition of p for values from (0) to (9); drop table p;""",
    "partition": """create table p (i int primary key) partition by range (i);
        create table q partition of p for values from (0) to (9); drop table q;""",
    "referenced partition": """create table p (i int primary key) partition by range (i);
        create table q partition of p for values from (0) to (9); create table r (i int references p); drop table q;
        drop table q cascade;""",
    "children": "create table p (i int); create table q (j int) inherits (p); drop table p;",
    "children cascade": "create table p (i int); create table q (j int) inherits (p); drop table p cascade;",
    "owned sequence": "create table t (i int); create sequence s owned by t.i; drop table t;",
    "owned sequence used elsewhere": """create table t (i serial); create table u (i int default nextval('t_i_seq'));
        drop table t;""",
    "owned sequence used elsewhere cascade": """create table t (i serial);
        create table u (i int default nextval('t_i_seq')); drop table t cascade;""",
    "row type in function": """create table t (i int);
        create function g(t) returns int language sql as 'select 1'; drop table t;""",
    "row type in function cascade": """create table t (i int);
        create function g(t) returns int language sql as 'select 1';
        create function h() returns setof t language sql as 'select * from t'; drop table t cascade;""",
    "row type in column": "create table t (i int); create table u (j int, k t); drop table t cascade;",
    "row type in column restrict": "create table t (i int); create table u (j int, k t); drop table t;",
    "body is a string": """create table t (i int);
        create function g() returns bigint language sql as 'select count(*) from t'; drop table t;""",
    "body is atomic": """create table t (i int);
        create function g() returns bigint language sql begin atomic select count(*) from t; end; drop table t;""",
    "body is atomic cascade": """create table t (i int);
        create function g() returns bigint language sql begin atomic select count(*) from t; end;
        drop table t cascade;""",
    "publication": "create table t (i int); create table u (i int); create publication p for table t, u; drop table t;",
    "rule of another": """create table t (i int); create table u (i int);
        create rule r as on insert to u do also insert into t values (new.i); drop table t;""",
    "rule of another cascade": """create table t (i int); create table u (i int);
        create rule r as on insert to u do also insert into t values (new.i); drop table t cascade;""",
    "triggers": "create table t (i int);" + TRIGGER
    + "create trigger g before insert on t for each row execute function f(); drop table t; drop function f();",
    "wrong kind": "create view v as select 1 as i; drop table v; create table t (i int); drop view t; drop index t;",
    "materialized as view": "create materialized view v as select 1 as i; drop view v; drop materialized view v;",
    "temporary": "create temp table t (i int); drop table t;",
    "made again": """create role a; create table t (i int); alter table t enable row level security;
        grant select on t to a;
        drop table t; create table t (i int);""",
    "statistics": "create table t (i int, j int); create statistics s on i, j from t; drop table t;",
    "typed": "create type k as (i int); create table t of k; drop type k;",
    "typed cascade": "create type k as (i int); create table t of k; drop type k cascade;",
}  # fmt: skip

COLUMNS = {
    "column": "create table t (i int, j int); alter table t drop column j;",
    "missing": "create table t (i int); alter table t drop column j; alter table t drop column if exists j;",
    "index": """create table t (i int, j int); create index on t (j); create index on t (i, j);
        alter table t drop column j;""",
    "index include": "create table t (i int, j int); create index on t (i) include (j); alter table t drop column j;",
    "index expression": "create table t (i int, j text); create index on t (lower(j)); alter table t drop column j;",
    "index predicate": "create table t (i int, j int); create index on t (i) where j > 0; alter table t drop column j;",
    "constraints": """create table t (i int, j int unique, k int check (k > j), check (i > j), unique (i, j));
        alter table t drop column j;""",
    "own foreign key": """create table u (i int primary key); create table t (i int, j int references u);
        alter table t drop column j;""",
    "referenced": """create table t (i int primary key, j int); create table u (i int references t);
        alter table t drop column i;""",
    "referenced cascade": """create table t (i int primary key, j int); create table u (i int references t);
        alter table t drop column i cascade;""",
    "policy": """create table t (i int, j int); alter table t enable row level security;
        create policy p on t using (j = 1); alter table t drop column j;""",
    "policy cascade": """create table t (i int, j int); alter table t enable row level security;
        create policy p on t using (j = 1); create policy q on t using (i = 1) with check (j = 2);
        create policy r on t using (i = 1); alter table t drop column j cascade;""",
    "policy of another": """create table t (i int, j int); create table u (i int);
        create policy p on u using (exists (select from t where j = u.i)); alter table t drop column j;""",
    "policy of another cascade": """create table t (i int, j int); create table u (i int);
        create policy p on u using (exists (select from t where j = u.i));
        create policy q on u using (exists (select from t where t.i = u.i)); alter table t drop column j cascade;""",
    "view": "create table t (i int, j int); create view v as select j from t; alter table t drop column j;",
    "view of others": "create table t (i int, j int); create view v as select i from t; alter table t drop column j;",
    "view cascade": """create table t (i int, j int); create view v as select * from t;
        create view w as select i from t;
        alter table t drop column j cascade;""",
    "view where": """create table t (i int, j int); create view v as select i from t where j > 0;
        alter table t drop column j;""",
    "trigger of": "create table t (i int, j int);" + TRIGGER
    + "create trigger g before update of j on t for each row execute function f(); alter table t drop column j;",
    "trigger of cascade": "create table t (i int, j int);" + TRIGGER
    + """create trigger g before update of j on t for each row execute function f();
        alter table t drop column j cascade;""",
    "trigger when": "create table t (i int, j int);" + TRIGGER
    + """create trigger g before update on t for each row when (old.j is distinct from new.j) execute function f();
        alter table t drop column j;""",
    "trigger when cascade": "create table t (i int, j int);" + TRIGGER
    + """create trigger g before update on t for each row when (old.j is distinct from new.j) execute function f();
        alter table t drop column j cascade;""",
    "serial": "create table t (i int, j serial); alter table t drop column j;",
    "identity": "create table t (i int, j int generated always as identity); alter table t drop column j;",
    "generated": """create table t (i int, j int, k int generated always as (j + 1) stored);
        alter table t drop column j;""",
    "generated cascade": """create table t (i int, j int, k int generated always as (j + 1) stored);
        alter table t drop column j cascade;""",
    "generated itself": """create table t (i int, j int, k int generated always as (j + 1) stored);
        alter table t drop column k;""",
    "publication columns": """create table t (i int, j int); create publication p for table t (i, j);
        alter table t drop column j;""",
    "publication columns cascade": """create table t (i int, j int); create publication p for table t (i, j);
        alter table t drop column j cascade;""",
    "publication filter cascade": """create table t (i int, j int); create publication p for table t where (j > 0);
        alter table t drop column j; alter table t drop column j cascade;""",
    "partition key": """create table p (i int, j int) partition by range (i); alter table p drop column i;""",
    "partitions": """create table p (i int, j int) partition by range (i);
        create table q partition of p for values from (0) to (9); alter table p drop column j;""",
    "of partition": """create table p (i int, j int) partition by range (i);
        create table q partition of p for values from (0) to (9); alter table q drop column j;""",
    "inherited": "create table p (i int, j int); create table q (k int) inherits (p); alter table p drop column j;",
    "inherited local": """create table p (i int, j int); create table q (j int) inherits (p);
        alter table p drop column j;""",
    "inherited from two": """create table p (i int, j int); create table o (j int); create table q () inherits (p, o);
        alter table p drop column j;""",
    "grants": """create role a; create table t (i int, j int); grant select (i, j) on t to a;
        alter table t drop column j;""",
    "primary key": "create table t (i int primary key, j int); alter table t drop column i;",
}  # fmt: skip

CONSTRAINTS = {
    "check": "create table t (i int, constraint k check (i > 0)); alter table t drop constraint k;",
    "missing": "create table t (i int); alter table t drop constraint k; alter table t drop constraint if exists k;",
    "primary key": "create table t (i int primary key); alter table t drop constraint t_pkey;",
    "unique": "create table t (i int unique); alter table t drop constraint t_i_key;",
    "referenced": """create table t (i int primary key); create table u (i int references t);
        alter table t drop constraint t_pkey;""",
    "referenced cascade": """create table t (i int primary key); create table u (i int references t);
        alter table t drop constraint t_pkey cascade;""",
    "referenced other key": """create table t (i int primary key, j int unique); create table u (i int references t);
        alter table t drop constraint t_j_key;""",
    "foreign key": """create table t (i int primary key); create table u (i int references t);
        alter table u drop constraint u_i_fkey; drop table t;""",
    "inherited": """create table p (i int, constraint k check (i > 0)); create table q () inherits (p);
        alter table q drop constraint k; alter table p drop constraint k;""",
    "partitioned": """create table p (i int primary key) partition by range (i);
        create table q partition of p for values from (0) to (9); alter table p drop constraint p_pkey;""",
    "exclude": """create table t (r int4range, exclude using gist (r with &&));
        alter table t drop constraint t_r_excl;""",
    "index": "create table t (i int); create index x on t (i); drop index x;",
    "index missing": "drop index x; drop index if exists x;",
    "index concurrently": "create table t (i int); create index x on t (i); drop index concurrently x;",
    "index of constraint": "create table t (i int primary key); drop index t_pkey; drop index t_pkey cascade;",
    "unique index referenced": """create table t (i int); create unique index x on t (i);
        create table u (i int references t (i)); drop index x;""",
    "unique index referenced cascade": """create table t (i int); create unique index x on t (i);
        create table u (i int references t (i)); drop index x cascade;""",
    "index of partitions": """create table p (i int) partition by range (i);
        create table q partition of p for values from (0) to (9); create index x on p (i); drop index q_i_idx;
        drop index x;""",
    "index in schema": """create schema n; create table n.t (i int); create index x on n.t (i); drop index x;
        drop index n.x;""",
}  # fmt: skip

FUNCTIONS = {
    "function": FUNCTION + "drop function f();",
    "by name": FUNCTION + "drop function f;",
    "missing": "drop function f(); drop function f; drop function if exists f(); drop function if exists f;",
    "wrong arguments": FUNCTION + "drop function f(int); drop function if exists f(int);",
    "not unique": FUNCTION + "create function f(i int) returns int language sql as 'select 1'; drop function f;",
    "overload": FUNCTION + "create function f(i int) returns int language sql as 'select 1'; drop function f(int);",
    "several": FUNCTION + "create function g() returns int language sql as 'select 1'; drop function f, g();",
    "policy": FUNCTION + "create table t (i int); create policy p on t using (i = f()); drop function f();",
    "policy cascade": FUNCTION
    + """create table t (i int); alter table t enable row level security; create policy p on t using (i = f());
        create policy q on t with check ((select f()) = i); create policy r on t using (true);
        drop function f() cascade;""",
    "policy overload": FUNCTION
    + """create function f(i int) returns int language sql as 'select 1'; create table t (i int);
        create policy p on t using (i = f()); drop function f(int); drop function f();""",
    "trigger": "create table t (i int);" + TRIGGER
    + "create trigger g before insert on t for each row execute function f(); drop function f();",
    "trigger cascade": "create table t (i int);" + TRIGGER
    + "create trigger g before insert on t for each row execute function f(); drop function f() cascade;",
    "default": FUNCTION + "create table t (i int default f(), j int); drop function f();",
    "default cascade": FUNCTION + "create table t (i int default f(), j int); drop function f() cascade;",
    "generated cascade": """create function f(i int) returns int language sql immutable as 'select i';
        create table t (i int, j int generated always as (f(i)) stored); drop function f; drop function f cascade;""",
    "check cascade": """create function f(i int) returns bool language sql immutable as 'select true';
        create table t (i int check (f(i))); drop function f; drop function f cascade;""",
    "domain check cascade": """create function f(i int) returns bool language sql immutable as 'select true';
        create domain d as int check (f(value)); drop function f; drop function f cascade;""",
    "index cascade": """create function f(i int) returns int language sql immutable as 'select i';
        create table t (i int); create index on t (f(i)); create index on t (i) where f(i) > 0;
        drop function f; drop function f cascade;""",
    "view cascade": FUNCTION + "create view v as select f() as i; drop function f; drop function f cascade;",
    "function default cascade": FUNCTION
    + """create function g(i int default f()) returns int language sql as 'select i'; drop function f;
        drop function f cascade;""",
    "function string body": FUNCTION + "create function g() returns int language sql as 'select f()'; drop function f;",
    "function atomic body": FUNCTION + "create function g() returns int language sql return f(); drop function f;",
    "function atomic body cascade": FUNCTION
    + "create function g() returns int language sql return f(); drop function f cascade;",
    "event trigger": """create function f() returns event_trigger language plpgsql as 'begin end';
        create event trigger e on ddl_command_start execute function f(); drop function f();
        drop function f() cascade;""",
    "procedure": "create procedure p(i int) language sql as ''; drop function p(int); drop procedure p(int);",
    "procedure as routine": "create procedure p(i int) language sql as ''; drop routine p;",
    "function as procedure": FUNCTION + "drop procedure f();",
    "aggregate": """create aggregate s(int) (sfunc = int4pl, stype = int); drop function s(int);
        drop aggregate s(int);""",
    "out arguments": """create function f(i int, out o text) language sql as 'select $1::text';
        drop function f(int, out text);""",
    "varchar": "create function f(a varchar(10)) returns int language sql as 'select 1'; drop function f(varchar);",
    "array": "create function f(a int[]) returns int language sql as 'select 1'; drop function f(int[]);",
    "by search_path": """create schema n; create function n.g() returns int language sql as 'select 1';
        drop function g();
        set search_path = n; drop function g();""",
}  # fmt: skip

TYPES = {
    "enum": "create type e as enum ('p'); drop type e;",
    "enum used": "create type e as enum ('p'); create table t (i int, j e, k e[]); drop type e;",
    "enum used cascade": """create type e as enum ('p'); create table t (i int, j e default 'p', k e[]);
        create index on t (j);
        create policy p on t using (j = 'p'); create view v as select j from t; drop type e cascade;""",
    "enum cast cascade": """create type e as enum ('p'); create table t (i int, j text);
        create policy p on t using (j::e = 'p');
        create policy q on t using (j = 'p'); drop type e; drop type e cascade;""",
    "enum in default cascade": """create type e as enum ('p'); create table t (j text default 'p'::e::text);
        drop type e; drop type e cascade;""",
    "enum in function": """create type e as enum ('p'); create function f(e) returns int language sql as 'select 1';
        drop type e;""",
    "enum in function cascade": """create type e as enum ('p');
        create function f(e) returns int language sql as 'select 1';
        create function g() returns e language sql as $$select 'p'::e$$;
        create function h() returns table (j e) language sql as $$select 'p'::e$$;
        create function k() returns int language sql as 'select 1'; drop type e cascade;""",
    "domain": "create domain d as int; drop domain d;",
    "domain as type": "create domain d as int; drop type d;",
    "type as domain": "create type e as enum ('p'); drop domain e;",
    "domain used cascade": "create domain d as int; create table t (i d, j int); drop domain d; drop domain d cascade;",
    "domain over domain": "create domain d as int; create domain e as d; drop domain d; drop domain d cascade;",
    "composite": "create type k as (i int); create table t (j k, i int); drop type k; drop type k cascade;",
    "composite in composite": "create type k as (i int); create type l as (k k, j int); drop type k cascade;",
    "range": "create type r as range (subtype = int); create table t (i r, j int); drop type r; drop type r cascade;",
    "row type": "create table t (i int); drop type t;",
    "missing": "drop type e; drop type if exists e; drop domain if exists d;",
    "view column": """create type e as enum ('p'); create view v as select 'p'::e as j; drop type e;
        drop type e cascade;""",
}  # fmt: skip

OTHERS = {
    "view": "create view v as select 1 as i; drop view v;",
    "view over view": """create view v as select 1 as i; create view w as select i from v; drop view v;
        drop view v cascade;""",
    "views both": "create view v as select 1 as i; create view w as select i from v; drop view v, w;",
    "view in policy": """create table t (i int); create view v as select 1 as i;
        create policy p on t using (i in (select v.i from v)); drop view v; drop view v cascade;""",
    "sequence": "create sequence s; drop sequence s; drop sequence s; drop sequence if exists s;",
    "sequence in default": """create sequence s; create table t (i int default nextval('s')); drop sequence s;
        drop sequence s cascade;""",
    "sequence of serial": "create table t (i serial); drop sequence t_i_seq; drop sequence t_i_seq cascade;",
    "sequence of identity": "create table t (i int generated always as identity); drop sequence t_i_seq cascade;",
    "policy": "create table t (i int); create policy p on t; drop policy p on t; drop policy p on t;",
    "policy if exists": "create table t (i int); drop policy if exists p on t; drop policy if exists p on u;",
    "policy without table": "drop policy p on t;",
    "policies of one name": """create table t (i int); create table u (i int); create policy p on t;
        create policy p on u;
        drop policy p on u;""",
    "trigger": "create table t (i int);" + TRIGGER
    + """create trigger g before insert on t for each row execute function f(); drop trigger g on t;
        drop trigger g on t;""",
    "trigger if exists": "create table t (i int); drop trigger if exists g on t; drop trigger if exists g on u;",
    "trigger of partitions": """create table p (i int) partition by range (i);
        create table q partition of p for values from (0) to (9);""" + TRIGGER
    + """create trigger g before insert on p for each row execute function f(); drop trigger g on q;
        drop trigger g on p;""",
    "rule": "create table t (i int); create rule r as on insert to t do nothing; drop rule r on t; drop rule r on t;",
    "schema": "create schema n; drop schema n; drop schema n; drop schema if exists n;",
    "schema in use": "create schema n; create table n.t (i int); drop schema n;",
    "schema cascade": """create schema n; create table n.t (i serial primary key); create view n.v as select i from n.t;
        create type n.e as enum ('p'); create function n.f() returns int language sql as 'select 1';
        create sequence n.s;
        create table t (i int references n.t, j n.e, k int default n.f()); create view v as select i from n.t;
        create policy p on t using (k = n.f()); alter default privileges in schema n grant select on tables to public;
        drop schema n cascade;""",
    "schema of trigger function": """create schema n;
        create function n.f() returns trigger language plpgsql as 'begin end';
        create table t (i int); create trigger g before insert on t execute function n.f(); drop schema n cascade;""",
    "schemas both": """create schema n; create schema m; create table n.t (i int primary key);
        create table m.t (i int references n.t); drop schema n, m; drop schema n, m cascade;""",
    "publication": "create publication p; drop publication p; drop publication p; drop publication if exists p;",
    "publication schema": """create schema n; create publication p for tables in schema n, public; drop schema n;""",
    "event trigger": """create function f() returns event_trigger language plpgsql as 'begin end';
        create event trigger e on ddl_command_start execute function f(); drop event trigger e;""",
    "server": """create foreign data wrapper w; create server s foreign data wrapper w; drop foreign data wrapper w;
        create foreign table t (i int) server s; drop server s; drop server s cascade;""",
    "wrapper cascade": """create foreign data wrapper w; create server s foreign data wrapper w;
        create foreign table t (i int) server s; drop foreign data wrapper w cascade;""",
    "foreign table": """create foreign data wrapper w; create server s foreign data wrapper w;
        create foreign table t (i int) server s; drop table t; drop foreign table t;""",
    "extension": """create extension citext; drop extension citext; drop extension citext;
        drop extension if exists citext;""",
    "extension used": "create extension citext; create table t (i citext); drop extension citext;",
    "extension used cascade": """create extension citext; create table t (i citext, j int);
        drop extension citext cascade;""",
    "extension schema": "create schema x; create extension citext schema x; drop schema x; drop schema x cascade;",
    "collation": 'create collation c from "C"; drop collation c; drop collation if exists c;',
    "statistics": "create table t (i int, j int); create statistics s on i, j from t; drop statistics s;",
    "statistics with a column": """create table t (i int, j int, k int); create statistics s on i, j from t;
        create statistics r on i, k from t; alter table t drop column j; create statistics s on i, k from t;""",
    "function of an aggregate": """create function f(int, int) returns int language sql as 'select 1';
        create aggregate a(int) (sfunc = f, stype = int); drop function f; drop function f cascade;""",
    "function of an operator": """create function f(int, int) returns int language sql as 'select 1';
        create operator === (leftarg = int, rightarg = int, function = f); drop function f; drop function f cascade;""",
    "type of a cast": """create type k as (i int); create function f(k) returns int language sql as 'select 1';
        create cast (k as int) with function f(k); drop function f; drop cast (k as int); drop function f;
        drop type k;""",
    "language": "drop language if exists nope;",
    "text search": """create text search configuration c (copy = simple); drop text search configuration c;
        drop text search configuration if exists c;""",
}  # fmt: skip

ALL = {
    f"{group} {name}": sql
    for group, snippets in (
        ("table:", TABLES), ("column:", COLUMNS), ("constraint:", CONSTRAINTS), ("function:", FUNCTIONS),
        ("type:", TYPES), ("other:", OTHERS),
    )
    for name, sql in snippets.items()
}  # fmt: skip


@pytest.mark.parametrize("sql", ALL.values(), ids=ALL.keys())
def test_what_is_left_is_what_a_server_leaves(cluster: Connection, sql: str) -> None:
    """After each of these the builder holds what the server holds, and has refused what the server refused."""
    assert contrast(cluster, sql, FACETS, texts="extension" not in sql) == []


def test_row_level_security_stays_on_when_its_policies_go() -> None:
    """A cascade that takes the last policy of a table closes the table; it does not open it."""
    catalog = built("""create function f() returns bool language sql as 'select true'; create table t (i int);
        alter table t enable row level security; create policy p on t using (f()); drop function f() cascade;""")
    table = catalog.tables[("public", "t")]
    assert table.policies == ()
    assert table.rls_enabled


def test_a_refusal_names_the_dependents() -> None:
    """The message says what stands in the way, by kind and name."""
    catalog = built("create table t (i int); create view v as select i from t; drop table t;")
    (said,) = catalog.unmodelled
    assert said.kind == "refused"
    assert "view public.v" in said.message


def test_what_a_dashboard_made_may_be_dropped() -> None:
    """Policies, triggers and constraints of a table that no migration made are taken to have been there."""
    state, refused = folded("""alter table orders enable row level security; drop policy "read" on orders;
        drop trigger g on orders; alter table orders drop constraint orders_user_fkey;""")
    assert refused == []
    assert state.tables[("public", "orders")].assumed


def test_what_is_assumed_may_be_dropped_as_a_view() -> None:
    """A relation that no migration made is taken for a table until a statement says that it was a view."""
    state, refused = folded("grant select on report to public; drop view report;")
    assert refused == []
    assert ("public", "report") not in state.tables
