-- case: CREATE TABLE AS
-- with: t rls
-- finds: info public.c
create table c as select * from t;

-- case: SELECT INTO
-- with: t rls
-- finds: info public.c
select id, email into c from t;

-- case: LIKE with everything
-- with: t rls
-- finds: info public.c
create table c (like t including all);

-- case: renamed into its place
-- with: t rls
-- finds: info public.t
-- file: 2.sql
create table n (id bigint primary key, user_id uuid not null);
alter table t rename to old;
alter table n rename to t;

-- case: row level security follows
-- with: t rls
create table c as select * from t;
-- file: 2.sql
alter table c enable row level security;

-- case: the privilege is taken away
-- with: t rls
create table c as select * from t;
revoke all on c from anon, authenticated;

-- case: dropped in the end
-- with: t rls
create table c as select * from t;
-- file: 2.sql
drop table c;

-- case: a temporary one
-- with: t rls
create temporary table c as select * from t;

-- case: a table that was not protected
-- with: t
create table c as select * from t;

-- case: where clients are not
-- with: t rls
create schema backups;
create table backups.c as select * from t;

-- case: renamed and protected
-- with: t rls
-- file: 2.sql
create table n (id bigint primary key, user_id uuid not null);
alter table n enable row level security;
alter table t rename to old;
alter table n rename to t;
