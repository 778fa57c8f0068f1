-- case: a column filled
-- with: old
-- finds: warning 1.sql
-- file: 2
alter table n add column c text;
update n set c = status;

-- case: another table is copied
-- with: old
-- finds: warning 1.sql
create table m (id bigint);
-- file: 2
alter table m add column c text;
insert into m (id) select id from n;

-- case: an index
-- with: old
-- finds: info 1.sql
-- file: 2
alter table n enable row level security;
create index i on n (status);

-- case: a constraint of another table
-- with: old
-- finds: info 1.sql
create table m (a int);
-- file: 2
alter table m add column c text;
alter table n add constraint k foreign key (id) references n (id);

-- case: between BEGIN and COMMIT
-- layout: plain
-- with: old
-- finds: warning 1.sql
-- file: 2
begin;
alter table n add column c text;
update n set c = status;
commit;

-- case: where each statement commits by itself
-- layout: plain
-- with: old
-- file: 2
alter table n add column c text;
update n set c = status;

-- case: in another file
-- with: old
-- file: 2
alter table n add column c text;
-- file: 3
update n set c = status;

-- case: some rows
-- with: old
-- file: 2
alter table n add column c text;
update n set c = status where id < 100;

-- case: slow first
-- with: old
-- file: 2
update n set status = 'a';
alter table n add column c text;

-- case: a new table
-- with: old
alter table n add column c text;
update n set c = status;

-- case: what locks it itself
-- with: old
-- file: 2
alter table n add column c text;
alter table n add constraint k check (status <> '');

-- case: locks that do not stop readers
-- with: old
-- file: 2
comment on table n is 'x';
alter table n alter column status set statistics 50;
update n set status = 'a';

-- case: an index that is there
-- with: old
create index i on n (status);
-- file: 2
alter table n enable row level security;
create index if not exists i on n (status);
