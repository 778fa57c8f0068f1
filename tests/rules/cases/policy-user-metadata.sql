-- case: in a sub-select
-- with: t rls
-- finds: error public.t.p
create policy p on t using ((select auth.jwt()) -> 'user_metadata' ->> 'role' = 'admin');

-- case: by path
-- with: t rls
-- finds: error public.t.p
create policy p on t using (auth.jwt() #>> '{user_metadata,role}' = 'admin');

-- case: in a helper
-- finds: error public.t.p
create function is_admin() returns boolean language sql stable as $$ select auth.jwt() -> 'user_metadata' ->>
  'role' = 'admin' $$;
create table t (
 id bigint primary key, user_id uuid not null, owner uuid, org_id uuid, status text, email text, is_open boolean
);
create index on t (user_id);
create index on t (owner);
create index on t (org_id);
alter table t enable row level security;
create policy p on t using (is_admin());

-- case: in auth.users
-- with: t rls
-- finds: error public.t.p
create policy p on t using (exists (select 1 from auth.users u where u.id = auth.uid() and u.raw_user_meta_data
  ->> 'role' = 'admin'));

-- case: inside app_metadata
-- with: t rls
create policy p on t using (auth.jwt() -> 'app_metadata' -> 'user_metadata' ->> 'role' = 'admin');

-- case: a text that only says so
-- with: t rls
create policy p on t using (status = 'user_metadata');

-- case: a column of that name
create table t (id int, user_metadata jsonb, raw_user_meta_data jsonb);
alter table t enable row level security;
create policy p on t using (raw_user_meta_data ->> 'x' = user_metadata ->> 'x');

-- case: it only narrows
-- with: t rls
-- finds: warning public.t.p
create policy p on t as restrictive using (auth.jwt() -> 'user_metadata' ->> 'ok' = 'yes');
