-- case: own rows
-- with: t rls
-- finds: info public.t.p
create policy p on t using (user_id = (select auth.uid()));

-- case: signed in at all
-- with: n rls
-- finds: info public.t.p
create policy p on t for insert with check ((select auth.uid()) is not null);

-- case: with TO
-- with: t rls
create policy p on t to authenticated using (user_id = (select auth.uid()));

-- case: visitors pass too
-- with: t rls
create policy p on t for select using (is_open or user_id = (select auth.uid()));

-- case: visitors hold nothing
-- platform: supabase-explicit
-- with: t rls
grant select on t to authenticated;
create policy p on t for select using (user_id = (select auth.uid()));

-- case: nobody passes
-- with: t rls
create policy p on t for select using (false);

-- case: it does not name the person
-- with: t rls
create policy p on t for select using (status = 'published');

-- case: restrictive
-- with: t rls
create policy q on t to authenticated using (user_id = (select auth.uid()));
create policy p on t as restrictive using ((select auth.jwt() ->> 'aal') = 'aal2');

-- case: it cannot be told
-- with: t rls
create function may(id bigint) returns boolean language plpgsql stable as
  $$ declare r record; begin for r in select 1 loop return auth.uid() is null; end loop; return false; end $$;
create policy p on t for select using (may(id));

-- case: the role is compared
-- with: t rls
create policy p on t using (auth.role() = 'authenticated' and user_id = (select auth.uid()));
