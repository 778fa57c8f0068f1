-- case: in a later file
-- with: old
-- finds: warning public.n.status
-- file: 2
alter table n alter column status set not null;

-- case: filled before
-- with: old
-- finds: warning public.n.status
-- file: 2
update n set status = '' where status is null;
alter table n alter column status set not null;

-- case: a check that is not valid yet
-- with: old
-- finds: warning public.n.status
alter table n add constraint k check (status is not null) not valid;
-- file: 2
alter table n alter column status set not null;

-- case: a check of something else
-- with: old
-- finds: warning public.n.status
alter table n add constraint k check (status is not null or is_open);
-- file: 2
alter table n alter column status set not null;

-- case: as a constraint with a name
-- with: old
-- finds: warning public.n.status
-- file: 2
alter table n add constraint k not null status;
-- of PostgreSQL 18

-- case: a primary key by an index
-- with: old
-- finds: warning public.m.a
create table m (a int);
create unique index i on m (a);
-- file: 2
alter table m add primary key using index i;

-- case: proved by a check of another file
-- with: old
-- file: 2
alter table n add constraint k check (status is not null) not valid;
-- file: 3
alter table n validate constraint k;
-- file: 4
alter table n alter column status set not null;

-- case: proved by a part of a check
-- with: old
alter table n add constraint k check (status is not null and status <> '');
-- file: 2
alter table n alter column status set not null;

-- case: in the file that makes the table
-- with: old
alter table n alter column status set not null;

-- case: not null already
-- with: old
-- file: 2
alter table n alter column is_open set not null;

-- case: a new column
-- with: old
-- file: 2
alter table n add column c int not null default 0;

-- case: not valid, as of PostgreSQL 18
-- with: old
-- file: 2
alter table n add constraint k not null status not valid;

-- case: a new primary key, which another rule is about
-- with: old
create table m (a int);
-- file: 2
alter table m add primary key (a);

-- case: dropped
-- with: old
-- file: 2
alter table n alter column is_open drop not null;
