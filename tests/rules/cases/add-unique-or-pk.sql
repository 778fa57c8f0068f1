-- case: unique
-- with: old
-- finds: warning public.n.n_status_key
-- file: 2
alter table n add unique (status);

-- case: a primary key
-- with: old
-- finds: warning public.m.m_pkey
create table m (a int not null);
-- file: 2
alter table m add primary key (a);

-- case: of a new column
-- with: old
-- finds: warning public.n.n_c_key
-- file: 2
alter table n add column c text unique;

-- case: in a DO block
-- with: old
-- finds: warning public.n.k
-- file: 2
do $$ begin alter table n add constraint k unique (status); end $$;

-- case: using an index made in another file
-- with: old
-- file: 2
create unique index concurrently k on n (status);
-- file: 3
alter table n add constraint k unique using index k;

-- case: using an index under another name
-- with: old
create unique index i on n (status);
-- file: 2
alter table n add constraint k unique using index i;

-- case: a primary key using an index
-- with: old
create table m (a int not null);
create unique index i on m (a);
-- file: 2
alter table m add primary key using index i;

-- case: of a new table
-- with: old
-- file: 2
create table m (a int unique);
alter table m add primary key (a);

-- case: in the file that makes the table
-- with: old
alter table n add unique (status);

-- case: of a partitioned table
create table p (d date) partition by range (d);
-- file: 2
alter table p add unique (d);

-- case: where the table is copied anyway
-- with: old
-- file: 2
alter table n add column c uuid unique default gen_random_uuid();

-- case: renamed
-- with: old
alter table n add constraint k unique (status);
-- file: 2
alter table n rename constraint k to l;
