-- case: published by name
-- with: t
-- finds: error public.t
alter publication supabase_realtime add table t;

-- case: row level security switched off again
-- with: t rls
-- finds: error public.t
alter publication supabase_realtime add table t;
alter table t disable row level security;

-- case: row level security on
-- with: t rls
alter publication supabase_realtime add table t;

-- case: no client may select
-- with: t closed
alter publication supabase_realtime add table t;

-- case: another publication
-- with: t
create publication warehouse for table t;

-- case: taken out again
-- with: t
alter publication supabase_realtime add table t;
alter publication supabase_realtime drop table t;
