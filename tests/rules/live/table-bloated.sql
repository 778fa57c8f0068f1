-- case: every second row deleted
create table t (id bigint, payload text);
insert into t select n, repeat('x', 1000) from generate_series(1, 80000) as n;
delete from t where id % 2 = 0;
vacuum analyze t;

-- case: room that was asked for
create table t (id bigint, payload text) with (fillfactor = 20);
insert into t select n, repeat('x', 1000) from generate_series(1, 20000) as n;
vacuum analyze t;

-- case: small
create table t (id bigint, payload text);
insert into t select n, repeat('x', 1000) from generate_series(1, 8000) as n;
delete from t where id % 10 <> 0;
vacuum analyze t;

-- case: never analysed
create table t (id bigint, payload text);
insert into t select n, repeat('x', 1000) from generate_series(1, 80000) as n;
delete from t where id % 10 <> 0;

-- case: narrow rows with nulls
create table t (a smallint, b boolean, c text, d date, e integer, f integer, g integer, h integer, i integer);
insert into t (a, e) select n % 100, n from generate_series(1, 1500000) as n;
vacuum analyze t;

-- case: nine rows of ten deleted
-- finds: info public.t
create table t (id bigint, payload text);
insert into t select n, repeat('x', 1000) from generate_series(1, 80000) as n;
delete from t where id % 10 <> 0;
vacuum analyze t;
