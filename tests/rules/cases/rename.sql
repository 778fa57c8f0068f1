-- case: a table
-- with: old
-- finds: warning public.n
-- file: 2
alter table n rename to m;

-- case: a column
-- with: old
-- finds: warning public.n.status
-- file: 2
alter table n rename column status to state;

-- case: moved to another schema
-- with: old
-- finds: warning public.n
create schema app;
-- file: 2
alter table n set schema app;

-- case: a view
-- with: old
-- finds: warning public.v
create view v with (security_invoker = on) as select id from n;
-- file: 2
alter view v rename to w;

-- case: in a DO block
-- with: old
-- finds: warning public.n
-- file: 2
do $$ begin alter table n rename to m; end $$;

-- case: in the file that makes it
-- with: old
alter table n rename to m;
alter table m rename column status to state;

-- case: with a view of the old name
-- with: old
-- file: 2
alter table n rename to m;
create view n with (security_invoker = on) as select id, status from m;

-- case: a swap
-- with: old
-- file: 2
create table n_new (id bigint primary key);
alter table n rename to n_old;
alter table n_new rename to n;

-- case: a column that has a new namesake
-- with: old
-- file: 2
alter table n rename column status to old_status;
alter table n add column status int;

-- case: a column added in the same file
-- with: old
-- file: 2
alter table n add column c int;
alter table n rename column c to d;

-- case: an index, a constraint, a type
-- with: old
create index i on n (status);
alter table n add constraint k check (status <> '');
create type mood as enum ('a');
-- file: 2
alter index i rename to j;
alter table n rename constraint k to l;
alter type mood rename to humour;
