-- case: by default privileges
-- with: far
-- finds: error public.f
create foreign table f (id int) server far;

-- case: one column, by a grant
-- platform: supabase-explicit
-- with: far
-- finds: error public.f
create foreign table f (id int, secret text) server far;
grant select (id) on f to authenticated;

-- case: nothing granted
-- platform: supabase-explicit
-- with: far
create foreign table f (id int) server far;

-- case: revoked
-- with: far
create foreign table f (id int) server far;
revoke all on f from anon, authenticated;

-- case: not in the API
-- with: far
create schema private;
create foreign table private.f (id int) server far;
grant select on private.f to authenticated;

-- case: a table of one's own
-- with: n rls
