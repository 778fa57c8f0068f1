-- case: bare
-- with: t rls
-- finds: info public.t.p
create function is_admin() returns boolean language plpgsql stable as $$ begin return auth.jwt() ->> 'x' = 'y'; end $$;
create policy p on t for select using (is_admin());

-- case: with the person as its argument
-- with: t rls
-- finds: info public.t.p
create function has_role(who uuid, what text) returns boolean language sql stable as $$ select who is not null $$;
create policy p on t for select using (is_open or has_role(auth.uid(), 'admin'));

-- case: an array of mine
-- with: t rls
-- finds: info public.t.p
create function my_orgs() returns uuid[] language sql stable as $$ select array[auth.uid()] $$;
create policy p on t for select using (org_id = any (my_orgs()));

-- case: compared with a column
-- with: t rls
-- finds: info public.t.p
create function my_org() returns uuid language sql stable as $$ select auth.uid() $$;
create policy p on t for delete using (org_id = my_org());

-- case: wrapped
-- with: t rls
create function is_admin() returns boolean language plpgsql stable as $$ begin return auth.jwt() ->> 'x' = 'y'; end $$;
create policy p on t for select using ((select is_admin()));

-- case: in a sub-query that is run once
-- with: t rls members
create function my_org() returns uuid language sql stable as $$ select auth.uid() $$;
create policy p on t for select using (user_id in (select m.user_id from members m where m.org_id = my_org()));

-- case: given the row's column
-- with: t rls
create function mine(org uuid) returns boolean language plpgsql stable as $$ begin return org = auth.uid(); end $$;
create policy p on t for select using (mine(org_id));

-- case: only what is written
-- with: t rls
create function is_admin() returns boolean language plpgsql stable as $$ begin return auth.jwt() ->> 'x' = 'y'; end $$;
create policy p on t for insert with check (is_admin());

-- case: a set
-- with: t rls
create function my_orgs() returns setof uuid language sql stable as $$ select auth.uid() $$;
create policy p on t for select using (org_id in (select my_orgs()));

-- case: no client reaches the table
-- with: t rls closed
create function is_admin() returns boolean language plpgsql stable as $$ begin return auth.jwt() ->> 'x' = 'y'; end $$;
create policy p on t for select using (is_admin());

-- case: Postgres folds what is IMMUTABLE
-- with: t rls
create function six() returns int language sql immutable as $$ select 6 $$;
create policy p on t for select using (id = six());
