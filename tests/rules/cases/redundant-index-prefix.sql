-- case: the first of two columns
-- finds: info public.t.a
create table t (id int primary key, x int, y int);
create index a on t (x);
create index b on t (x, y);

-- case: of the primary key
-- finds: info public.t.a
create table t (x int, y int, primary key (x, y));
create index a on t (x);

-- case: a duplicate is a duplicate
-- finds: info public.t.a
create table t (x int, y int);
create index a on t (x);
create index a2 on t (x);
create index b on t (x, y);

-- case: the second column
create table t (x int, y int, primary key (x, y));
create index on t (y);

-- case: unique, partial, of another order, with more
create table t (x int, y int, z int, w int);
create unique index on t (x);
create index on t (x, y);
create index on t (y) where x > 1;
create index on t (y, x);
create index on t (z desc);
create index on t (z, x);
create index on t (w) include (x);
create index on t (w, x);

-- case: the longer one is partial
create table t (x int, y int);
create index on t (x);
create index on t (x, y) where y > 1;

-- case: a hash index has no prefix
create table t (x int, y int);
create index on t using hash (x);
create index on t (x, y);
