-- case: a check
-- with: old
-- finds: warning public.n.k
-- file: 2
alter table n add constraint k check (status <> '');

-- case: a foreign key
-- with: old
-- finds: warning public.n.k
create table u (id bigint primary key);
alter table n add column u_id bigint;
-- file: 2
alter table n add constraint k foreign key (u_id) references u (id);

-- case: dropped and added again with other values
-- with: old
-- finds: warning public.n.k
alter table n add constraint k check (status in ('a'));
-- file: 2
alter table n drop constraint k;
alter table n add constraint k check (status in ('a', 'b'));

-- case: in one statement
-- with: old
-- finds: warning public.n.k
alter table n add constraint k check (status in ('a'));
-- file: 2
alter table n drop constraint k, add constraint k check (status in ('a', 'b'));

-- case: in a DO block
-- with: old
-- finds: warning public.n.k
-- file: 2
do $$ begin alter table n add constraint k check (status <> ''); exception when duplicate_object then null; end $$;

-- case: a new column with a default that refers
-- with: old
-- finds: warning public.n.n_c_fkey
create table u (id bigint primary key);
alter table n add column u_id bigint;
-- file: 2
alter table n add column c bigint default 1 references u;
-- broken where u has no such row

-- case: a check of a new column
-- with: old
-- finds: info public.n.n_c_check
-- file: 2
alter table n add column c int check (c > 0);

-- case: a column added before in the file
-- with: old
-- finds: warning public.n.k
create table u (id bigint primary key);
alter table n add column u_id bigint;
-- file: 2
alter table n add column c bigint;
alter table n add constraint k foreign key (c) references u (id);

-- case: not valid
-- with: old
create table u (id bigint primary key);
alter table n add column u_id bigint;
-- file: 2
alter table n add constraint k check (status <> '') not valid, add constraint f foreign key (u_id) references u (id) not valid;

-- case: of a new table
-- with: old
create table u (id bigint primary key);
alter table n add column u_id bigint;
-- file: 2
create table m (a int check (a > 0), u_id bigint references u);
alter table m add constraint k check (a < 9);

-- case: in the file that makes the table
-- with: old
alter table n add constraint k check (status <> '');

-- case: a new column that refers, NULL in every row
-- with: old
create table u (id bigint primary key);
alter table n add column u_id bigint;
-- file: 2
alter table n add column c bigint references u;

-- case: a new column and its foreign key in one statement
-- with: old
create table u (id bigint primary key);
alter table n add column u_id bigint;
-- file: 2
alter table n add column c bigint, add constraint k foreign key (c) references u (id);

-- case: using an index
-- with: old
create unique index k on n (status);
-- file: 2
alter table n add constraint k unique using index k;

-- case: renamed
-- with: old
alter table n add constraint k check (status <> '');
-- file: 2
alter table n rename constraint k to l;

-- case: validated later
-- with: old
-- file: 2
alter table n add constraint k check (status <> '') not valid;
-- file: 3
alter table n validate constraint k;

-- case: a foreign key of a partitioned table
create table u (id bigint primary key);
create table p (d date, u_id bigint) partition by range (d);
-- file: 2
alter table p add constraint k foreign key (u_id) references u (id);
