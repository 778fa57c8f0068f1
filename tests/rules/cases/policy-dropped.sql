-- case: a restriction is missed
-- with: t rls
-- finds: error public.t.r
create policy p on t to authenticated using (user_id = (select auth.uid()));
create policy r on t as restrictive for update to authenticated using (status = 'open');
-- file: 2.sql
drop policy r on t;

-- case: the permissive policy repeats the restriction
-- with: t rls
create policy p on t to authenticated using (user_id = (select auth.uid()));
create policy r on t as restrictive for update to authenticated using (status = 'open');
-- file: 2.sql
drop policy r on t;
drop policy p on t;
create policy p on t to authenticated using (status in ('open') and auth.uid() = user_id);

-- case: another restriction is as strict
-- with: t rls
create policy p on t to authenticated using (user_id = (select auth.uid()));
create policy r on t as restrictive to authenticated using (status = 'open');
-- file: 2.sql
drop policy r on t;
create policy q on t as restrictive using (status = 'open' and is_open);

-- case: it is put back later
-- with: t rls
create policy p on t to authenticated using (user_id = (select auth.uid()));
create policy r on t as restrictive for update to authenticated using (status = 'open');
-- file: 2.sql
drop policy r on t;
-- file: 3.sql
create policy "r again" on t as restrictive for update to authenticated using ('open' = status);

-- case: another rule says that rows are open
-- with: n rls
-- finds: info public.t.r
create policy p on t using (true);
create policy r on t as restrictive using ((select auth.uid()) is not null);
-- file: 2.sql
drop policy r on t;

-- case: the last policy of a command that is granted on this very table
-- platform: supabase-explicit
-- with: t rls
-- finds: warning public.t.u
grant select, update on t to authenticated;
create policy s on t for select to authenticated using (user_id = (select auth.uid()));
create policy u on t for update to authenticated using (user_id = (select auth.uid()));
-- file: 2.sql
drop policy u on t;

-- case: a privilege that came by default
-- platform: supabase-legacy
-- with: t rls
-- finds: info public.t.u
create policy s on t for select to authenticated using (user_id = (select auth.uid()));
create policy u on t for update to authenticated using (user_id = (select auth.uid()));
-- file: 2.sql
drop policy u on t;

-- case: the privilege goes with it
-- platform: supabase-explicit
-- with: t rls
grant select, update on t to authenticated;
create policy s on t for select to authenticated using (user_id = (select auth.uid()));
create policy u on t for update to authenticated using (user_id = (select auth.uid()));
-- file: 2.sql
drop policy u on t;
revoke update on t from authenticated;

-- case: replaced under another name
-- with: t rls
create policy a on t for select to authenticated using (user_id = (select auth.uid()));
-- file: 2.sql
drop policy a on t;
create policy b on t to authenticated using (user_id = (select auth.uid()));

-- case: renamed
-- with: t rls
create policy a on t for select to authenticated using (user_id = (select auth.uid()));
-- file: 2.sql
alter policy a on t rename to b;

-- case: only visitors lose it
-- with: t rls
create policy a on t for select using (status = 'open');
-- file: 2.sql
drop policy a on t;
create policy b on t for select to authenticated using (status = 'open');

-- case: a policy for a role that passes by policies anyway
-- with: t rls
create policy a on t to service_role using (true);
create policy b on t to authenticated using (user_id = (select auth.uid()));
-- file: 2.sql
drop policy a on t;

-- case: the table goes, too
-- with: t rls
create policy a on t for select to authenticated using (user_id = (select auth.uid()));
-- file: 2.sql
drop policy a on t;
-- file: 3.sql
drop table t;

-- case: made and dropped in one file
-- with: t rls
create policy a on t to authenticated using (user_id = (select auth.uid()));
drop policy a on t;

-- case: the drop that took the last one away
-- platform: supabase-explicit
-- with: t rls
-- finds: warning public.t.b
grant select on t to authenticated;
create policy a on t for select to authenticated using (user_id = (select auth.uid()));
create policy b on t for select to authenticated using (owner = (select auth.uid()));
create policy c on t for insert to authenticated with check (user_id = (select auth.uid()));
-- file: 2.sql
drop policy a on t;
-- file: 3.sql
drop policy b on t;

-- case: row level security is off at the end
-- with: t rls
create policy a on t to authenticated using (user_id = (select auth.uid()));
create policy r on t as restrictive using (status = 'open');
-- file: 2.sql
drop policy r on t;
alter table t disable row level security;

-- case: a loop over all policies
-- with: t rls
-- finds: warning public.t.p
create policy p on t to authenticated using (user_id = (select auth.uid()));
create policy q on t for select to authenticated using (owner = (select auth.uid()));
-- file: 2.sql
do $$ declare r record; begin
  for r in select policyname, tablename from pg_policies where schemaname = 'public' loop
    execute format('drop policy %I on public.%I', r.policyname, r.tablename);
  end loop;
end $$;
create policy q on t for select to authenticated using (owner = (select auth.uid()));
