"""RENAME and SET SCHEMA change in the builder what they change on a server, stored expressions included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.catalog.build.contrast import contrast

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

FACETS = (
    "tables", "columns", "constraints", "indexes", "sequences", "policies", "triggers", "rules", "views",
    "relation grants", "schemas", "functions", "types", "default privileges", "publications", "event triggers",
    "extensions", "servers", "wrappers", "roles", "memberships",
)  # fmt: skip
TRIGGER = "create function f() returns trigger language plpgsql as 'begin return new; end';"
WORLD = """create role a; create schema n; create type mood as enum ('sad', 'ok');
        create domain tag as text check (value <> '');
    create table t (i serial primary key, j int unique, k mood default 'ok', l tag,
        m int generated always as (j + 1) stored,
      constraint positive check (j > 0));
    create index t_low on t (lower(l), j) include (k) where j > 1;
    create table u (id int primary key, t_i int references t, t_j int references t (j), w t);
    alter table t enable row level security;
    create function is_it(x int) returns bool language sql stable as 'select true';
    create policy p on t to a using (j = 1 and is_it(i)) with check (k = 'ok'::mood);
    create policy q on u using (exists (select from t where t.i = u.t_i and t.j > 0));
    create view v as select i, j, k from t where is_it(j);
        create view w as select v.i, v.k from v join u on u.t_i = v.i;
    create materialized view mv as select j, count(*) as c from t group by j; create index on mv (c);
    create function tell(r t, m mood) returns setof t language sql as 'select * from t';
    create function rows() returns bigint language sql begin atomic select count(*) from t where j > 0; end;
    create function touch() returns trigger language plpgsql as 'begin return new; end';
    create trigger g before update of j on t for each row when (old.j is distinct from new.j) execute function touch();
    create rule r as on insert to u do also insert into t (j) values (new.t_j);
    create publication pub for table t (i, j) where (j > 0), u;
    grant select (i, j), update (j) on t to a; comment on column t.j is 'about j'; comment on table t is 'about t';"""

WORLDLY = {
    "table": "alter table t rename to things;",
    "table to schema": "alter table t set schema n;",
    "table both": "alter table t rename to things; alter table things set schema n;",
    "table quoted": 'alter table t rename to "The Things";',
    "column": "alter table t rename column j to amount;",
    "column quoted": 'alter table t rename column j to "The Amount";',
    "column without keyword": "alter table t rename i to id;",
    "columns swap": "alter table t rename j to x; alter table t rename i to j; alter table t rename x to i;",
    "column of u": "alter table u rename column t_i to thing;",
    "generated column": "alter table t rename column m to n;",
    "domain column": "alter table t rename column l to label;",
    "constraint check": "alter table t rename constraint positive to above_zero;",
    "constraint key": "alter table t rename constraint t_pkey to things_pk;",
    "constraint unique": "alter table t rename constraint t_j_key to j_once;",
    "constraint foreign key": "alter table u rename constraint u_t_i_fkey to to_things;",
    "index": "alter index t_low rename to t_lower;",
    "index of key": "alter index t_pkey rename to things_pk;",
    "index by table": "alter table t_low rename to t_lower;",
    "sequence": "alter sequence t_i_seq rename to numbers;",
    "sequence by table": "alter table t_i_seq rename to numbers;",
    "policy": "alter policy p on t rename to mine;",
    "trigger": "alter trigger g on t rename to touched;",
    "rule": "alter rule r on u rename to copies;",
    "function": "alter function is_it(int) rename to it_is;",
    "function to schema": "alter function is_it(int) set schema n;",
    "trigger function": "alter function touch() rename to touch_it;",
    "trigger function to schema": "alter function touch set schema n;",
    "enum": "alter type mood rename to feeling;",
    "enum to schema": "alter type mood set schema n;",
    "domain": "alter domain tag rename to label;",
    "domain to schema": "alter domain tag set schema n;",
    "domain constraint": "alter domain tag rename constraint tag_check to not_empty;",
    "view": "alter view v rename to seen;",
    "view by table": "alter table v rename to seen;",
    "view to schema": "alter view v set schema n;",
    "view column": "alter view v rename column j to amount;",
    "materialized view": "alter materialized view mv rename to counts;",
    "materialized view column": "alter materialized view mv rename column c to many;",
    "schema": "alter schema public rename to main;",
    "other schema": "alter table t set schema n; alter schema n rename to m;",
    "role": "alter role a rename to b;",
    "publication": "alter publication pub rename to news;",
    "all at once": """alter table t rename j to amount; alter table t rename to things;
        alter schema public rename to main;
        alter type main.mood rename to feeling; alter function main.is_it rename to sure;""",
}

SNIPPETS = {
    "missing table": "alter table if exists t rename to u;",
    "taken": "create table t (i int); create table u (i int); alter table t rename to u;",
    "taken by view": "create table t (i int); create view u as select 1 as i; alter table t rename to u;",
    "column missing": "create table t (i int); alter table t rename j to k;",
    "column taken": "create table t (i int, j int); alter table t rename i to j;",
    "column inherited": """create table p (i int, check (i > 0)); create table q () inherits (p);
        alter table q rename i to j;
        alter table p rename i to j;""",
    "column of partitions": """create table p (i int, j int) partition by range (i);
        create table q partition of p for values from (0) to (9); create index on p (j); alter table p rename j to k;
        alter table p rename i to h;""",
    "constraint missing": "create table t (i int); alter table t rename constraint a to b;",
    "constraint taken": """create table t (i int, constraint a check (i > 0), constraint b check (i > 1));
        alter table t rename constraint a to b;""",
    "constraint inherited": """create table p (i int, constraint c check (i > 0)); create table q () inherits (p);
        alter table q rename constraint c to d; alter table p rename constraint c to d;""",
    "partitioned table": """create table p (i int primary key) partition by range (i);
        create table q partition of p for values from (0) to (9); create table r (i int references p);
        alter table p rename to o; alter index p_pkey rename to o_pkey; alter table q rename to z;""",
    "partition to schema": """create schema n; create table p (i int primary key) partition by range (i);
        create table q partition of p for values from (0) to (9); alter table q set schema n;
        alter table p set schema n;""",
    "parent": """create table p (i int); create table q () inherits (p); alter table p rename to o;
        alter table q rename to r;""",
    "index taken": """create table t (i int); create index x on t (i); create index y on t (i);
        alter index x rename to y;""",
    "policy missing": "create table t (i int); alter policy p on t rename to q;",
    "policy taken": """create table t (i int); create policy p on t; create policy q on t;
        alter policy p on t rename to q;""",
    "trigger of partitions": """create table p (i int) partition by range (i);
        create table q partition of p for values from (0) to (9);""" + TRIGGER
    + """create trigger g before insert on p for each row execute function f(); alter trigger g on p rename to h;""",
    "function taken": """create function f(i int) returns int language sql as 'select 1';
        create function g(i int) returns int language sql as 'select 1'; alter function f rename to g;""",
    "function overload": """create function f(i int) returns int language sql as 'select 1';
        create function f(i int, j int) returns int language sql as 'select 1';
        create table t (i int default f(1), j int default f(1, 2));
        alter function f(int) rename to g;""",
    "procedure": """create procedure p() language sql as ''; alter procedure p() rename to q;
        alter routine q rename to r;""",
    "aggregate": "create aggregate s(int) (sfunc = int4pl, stype = int); alter aggregate s(int) rename to t;",
    "composite": """create type k as (i int); create table t (j k);
        create function f(k) returns k language sql as 'select $1';
        alter type k rename to l; alter type l rename attribute i to h;""",
    "composite to schema": """create schema n; create type k as (i int); create table t (j k);
        alter type k set schema n;""",
    "range": "create type r as range (subtype = int); create table t (i r); alter type r rename to s;",
    "type taken": "create type e as enum ('p'); create type f as enum ('p'); alter type e rename to f;",
    "row type": "create table t (i int); alter type t rename to u;",
    "row type taken": """create table t (i int); create type k as (i int); create type e as enum ('p');
        alter table t rename to e; alter type k rename to e; alter type k rename to t; alter table t rename to t;""",
    "policy in a schema": """create schema n; create table n.t (i int); create view v as select 1 as i;
        create policy p on n.t using (exists (select from v where v.i = t.i)); alter table n.t rename to u;""",
    "enum value": """create type e as enum ('p', 'q'); alter type e rename value 'p' to 'r';
        alter type e rename value 'p' to 's';""",
    "schema taken": "create schema n; create schema m; alter schema n rename to m;",
    "schema of everything": """create schema n; create table n.p (i int primary key, j serial) partition by range (i);
        create table n.q partition of n.p for values from (0) to (9); create table t (i int references n.p);
        create table o partition of n.p for values from (10) to (19); create type n.e as enum ('x');
        create table u (j n.e[] default '{x}');
        create function n.f(e n.e) returns n.e language sql as 'select $1';
        create function n.g() returns trigger language plpgsql as 'begin end';
        create trigger h before insert on t for each row execute function n.g();
        create view v as select n.f(null) as e, p.i from n.p;
        alter default privileges in schema n grant select on tables to public;
        create publication b for tables in schema n; create publication c for table n.q; alter schema n rename to m;""",
    "to schema taken": "create schema n; create table t (i int); create table n.t (i int); alter table t set schema n;",
    "to its schema": "create table t (i int); alter table t set schema public;",
    "owned sequence to schema": "create schema n; create table t (i serial); alter sequence t_i_seq set schema n;",
    "sequence to schema": """create schema n; create sequence s; create table t (i int default nextval('s'));
        alter sequence s set schema n;""",
    "index to schema": "create schema n; create table t (i int); create index x on t (i); alter index x set schema n;",
    "server": """create foreign data wrapper w; create server s foreign data wrapper w;
        create foreign table t (i int) server s; alter server s rename to r; alter foreign data wrapper w rename to x;
        alter foreign table t rename to u; alter foreign table u rename column i to j;""",
    "event trigger": """create function f() returns event_trigger language plpgsql as 'begin end';
        create event trigger e on ddl_command_start execute function f(); alter event trigger e rename to d;
        alter function f rename to g;""",
    "view column of star": """create table t (i int, j int); create view v as select * from t;
        create view w as select * from v;
        alter table t rename i to h; alter view v rename column j to k;""",
    "statistics": """create schema n; create table t (i int, j int); create statistics s on i, j from t;
        alter table t rename i to "The I"; alter table t rename to u; alter statistics s rename to r;
        alter table u set schema n;""",
    "what an aggregate is made of": """create schema n;
        create function f(int, int) returns int language sql as 'select 1';
        create aggregate a(int) (sfunc = f, stype = int);
        create operator === (leftarg = int, rightarg = int, function = f);
        alter function f rename to g; alter function g set schema n; alter schema n rename to m;""",
    "what a cast is made of": """create type k as (i int); create function f(k) returns int language sql as 'select 1';
        create cast (k as int) with function f(k); alter type k rename to l; alter function f rename to g;""",
    "self join": """create table t (i int, j int); create view v as select x.i, y.j from t x join t y on x.i = y.j;
        alter table t rename i to h;""",
    "using": """create table t (i int, j int); create table u (i int, k int);
        create view v as select * from t join u using (i);
        alter table t rename k to z;""",
    "policy with its own table inside": """create table t (i int, o int);
        create policy p on t using (o in (select s.o from t s where s.i = t.i)); alter table t rename o to owner;
        alter table t rename to things;""",
}  # fmt: skip


@pytest.mark.parametrize("sql", WORLDLY.values(), ids=WORLDLY.keys())
def test_a_new_name_is_new_everywhere(cluster: Connection, sql: str) -> None:
    """After a rename in a database where everything refers to everything, all of it agrees with the server."""
    assert contrast(cluster, WORLD + sql, FACETS, texts=True) == []


@pytest.mark.parametrize("sql", SNIPPETS.values(), ids=SNIPPETS.keys())
def test_renames_are_those_of_a_server(cluster: Connection, sql: str) -> None:
    """Names, and what is refused, agree with a server."""
    assert contrast(cluster, sql, FACETS, texts=True) == []
