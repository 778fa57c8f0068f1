-- case: columns that were left out
-- with: t rls
-- finds: error public.t
create policy p on t to authenticated using (user_id = (select auth.uid()));
revoke update on t from anon, authenticated;
grant update (status) on t to authenticated;
-- file: 2.sql
grant all on all tables in schema public to authenticated;

-- case: one column more
-- with: t rls
create policy p on t to authenticated using (user_id = (select auth.uid()));
revoke update on t from anon, authenticated;
grant update (status) on t to authenticated;
-- file: 2.sql
grant update (email) on t to authenticated;

-- case: a sweeping grant gives back what was taken away
-- with: t rls
-- finds: error public.t
create policy p on t to authenticated using (user_id = (select auth.uid()));
revoke update, delete on t from authenticated;
-- file: 2.sql
grant all on all tables in schema public to authenticated;

-- case: taken away once more
-- with: t rls
create policy p on t to authenticated using (user_id = (select auth.uid()));
revoke delete on t from anon, authenticated;
-- file: 2.sql
grant all on all tables in schema public to authenticated;
revoke delete on t from authenticated;

-- case: and once more in a later file
-- with: t rls
create policy p on t to authenticated using (user_id = (select auth.uid()));
revoke delete on t from anon, authenticated;
-- file: 2.sql
grant all on all tables in schema public to authenticated;
-- file: 3.sql
revoke delete on t from authenticated;

-- case: no policy lets a row through
-- with: t rls
-- finds: info public.t
create policy p on t for select to authenticated using (user_id = (select auth.uid()));
revoke delete on t from anon, authenticated;
-- file: 2.sql
grant all on all tables in schema public to authenticated;

-- case: another rule says how open it is
-- with: t
-- finds: info public.t
revoke all on t from anon, authenticated;
-- file: 2.sql
grant all on all tables in schema public to anon;

-- case: given back by name
-- with: t rls
-- finds: info public.t
create policy p on t for select to authenticated using (user_id = (select auth.uid()));
revoke select on t from authenticated;
-- file: 2.sql
grant select on t to authenticated;

-- case: given back by name, and rows are open
-- with: n rls
-- finds: warning public.t
create policy p on t for select to authenticated using (status = 'open');
revoke select on t from authenticated;
-- file: 2.sql
grant select on t to authenticated;

-- case: a first grant on an older table, for its policies
-- platform: supabase-explicit
-- with: t rls
create policy p on t to authenticated using (user_id = (select auth.uid()));
-- file: 2.sql
grant select, insert, update, delete on t to authenticated;

-- case: a first grant to visitors
-- platform: supabase-explicit
-- with: n rls
-- finds: info public.t
create policy p on t for select using (status = 'open');
-- file: 2.sql
grant select on t to anon;

-- case: a first grant on all there is
-- platform: supabase-explicit
-- with: n rls
-- finds: warning public.t
create policy p on t for select using (status = 'open');
-- file: 2.sql
grant select on all tables in schema public to authenticated;

-- case: nothing is widened in the file that makes it
-- platform: supabase-explicit
-- with: n rls
create policy p on t for select using (status = 'open');
grant select on all tables in schema public to anon, authenticated;

-- case: a loop over all functions
-- finds: error public.pay(integer)
create function pay(amount integer) returns void language sql security definer set search_path = '' as '';
revoke execute on function pay(integer) from public, anon, authenticated;
-- file: 2.sql
do $$ begin
  execute format('grant execute on function %I(integer) to authenticated', 'pay');
end $$;

-- case: a function by name
-- finds: info public.pay(integer)
create function pay(amount integer) returns void language sql security definer set search_path = '' as '';
revoke execute on function pay(integer) from public, anon, authenticated;
-- file: 2.sql
grant execute on function pay(integer) to authenticated;

-- case: all functions
-- finds: warning public.pay(integer)
create function pay(amount integer) returns void language sql set search_path = '' as '';
revoke execute on function pay(integer) from public, anon, authenticated;
-- file: 2.sql
grant execute on all functions in schema public to authenticated;

-- case: to the backend
-- with: t rls
revoke all on t from anon, authenticated, service_role;
-- file: 2.sql
grant all on all tables in schema public to service_role;

-- case: a loop over all functions, and this one asks who calls
-- finds: warning public.pay(integer)
create function pay(amount integer) returns void language plpgsql security definer set search_path = '' as $$ begin
  if (auth.jwt() ->> 'role') is distinct from 'service_role' then raise exception 'not you'; end if; end $$;
revoke execute on function pay(integer) from public, anon, authenticated;
-- file: 2.sql
do $$ begin
  execute format('grant execute on function %I(integer) to authenticated', 'pay');
end $$;
