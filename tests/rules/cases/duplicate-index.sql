-- case: beside a unique constraint
-- finds: warning public.t.t_code_idx
create table t (id int primary key, code text unique);
create index t_code_idx on t (code);

-- case: beside the primary key
-- finds: warning public.t.t_id_idx
create table t (id int primary key);
create index t_id_idx on t (id);

-- case: a unique index beside the primary key
-- finds: warning public.t.t_id_idx
create table t (id int primary key);
create unique index t_id_idx on t (id);

-- case: three of a kind
-- finds: warning public.t.b
-- finds: warning public.t.c
create table t (id int, k text);
create index a on t (k, id);
create index b on t (k, id);
create index c on t (k, id);

-- case: two constraints
-- finds: warning public.t.t_id_key
create table t (id int primary key);
alter table t add unique (id);

-- case: two constraints made at once are one to Postgres
create table t (id int primary key, unique (id));

-- case: expressions and predicates alike
-- finds: warning public.t.b
create table t (id int, k text);
create index a on t (lower(k)) where id > 1;
create index b on t (lower(k)) where id > 1;

-- case: on a partitioned table, once
-- finds: warning public.t.b
create table t (id int, k text) partition by range (id);
create table t1 partition of t for values from (0) to (9);
create index a on t (k);
create index b on t (k);

-- case: the replica identity stays
-- finds: warning public.t.a
create table t (id int not null, k text);
create unique index a on t (id);
create unique index b on t (id);
alter table t replica identity using index b;

-- case: another order, operator class, method, predicate
create table t (id int, k text);
create index on t (k);
create index on t (k desc);
create index on t (k text_pattern_ops);
create index on t using hash (k);
create index on t (k) where id > 1;
create index on t (k) where id > 2;
create index on t (k) include (id);

-- case: columns the other way round
create table t (a int, b int);
create index on t (a, b);
create index on t (b, a);

-- case: a unique index where the constraint is checked late
create table t (id int not null, constraint k unique (id) deferrable initially deferred);
create unique index u on t (id);

-- case: a unique one that takes NULL once
create table t (id int);
create unique index a on t (id);
create unique index b on t (id) nulls not distinct;

-- case: other pages for each range
create table t (id int);
create index on t using brin (id) with (pages_per_range = 8);
create index on t using brin (id) with (pages_per_range = 64);
