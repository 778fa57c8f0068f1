-- case: a check
-- with: old
-- finds: warning public.n.k
-- file: 2
alter table n add constraint k check (status <> '') not valid;
alter table n validate constraint k;

-- case: a foreign key, with others between
-- with: old
-- finds: warning public.n.k
create table u (id bigint primary key);
alter table n add column u_id bigint;
-- file: 2
alter table n add constraint k foreign key (u_id) references u (id) not valid;
select 1;
alter table n validate constraint k;

-- case: between BEGIN and COMMIT
-- layout: plain
-- with: old
-- finds: warning public.n.k
-- file: 2
begin;
alter table n add constraint k check (status <> '') not valid;
alter table n validate constraint k;
commit;

-- case: in the next file
-- with: old
-- file: 2
alter table n add constraint k check (status <> '') not valid;
-- file: 3
alter table n validate constraint k;

-- case: where each statement commits by itself
-- layout: plain
-- with: old
-- file: 2
alter table n add constraint k check (status <> '') not valid;
alter table n validate constraint k;

-- case: in the next transaction of a file
-- layout: plain
-- with: old
-- file: 2
begin;
alter table n add constraint k check (status <> '') not valid;
commit;
begin;
alter table n validate constraint k;
commit;

-- case: of a table made in the same file
-- with: old
alter table n add constraint k check (status <> '') not valid;
alter table n validate constraint k;

-- case: valid already
-- with: old
-- file: 2
alter table n add constraint k check (status <> '');
alter table n validate constraint k;
