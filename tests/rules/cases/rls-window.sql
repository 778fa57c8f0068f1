-- case: enabled in a later file
-- with: t
-- finds: info public.t
-- file: 2.sql
alter table t enable row level security;

-- case: enabled in the same file
-- with: t
alter table t enable row level security;

-- case: nobody could reach it
-- with: t closed
-- file: 2.sql
alter table t enable row level security;

-- case: no privileges by default
-- platform: supabase-explicit
-- with: t
-- file: 2.sql
alter table t enable row level security;
grant select on t to authenticated;

-- case: switched off and on again
-- with: t rls
-- file: 2.sql
alter table t disable row level security;
-- file: 3.sql
alter table t enable row level security;

-- case: dropped
-- with: t
-- file: 2.sql
alter table t enable row level security;
drop table t;
