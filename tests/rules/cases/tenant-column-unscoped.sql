-- case: own, tenant or administrator
-- with: members t rls
create policy p on t using (user_id = auth.uid() or org_id in (select m.org_id from members m where m.user_id =
  auth.uid()) or auth.jwt() ->> 'x' = 'y');

-- case: by a claim
-- with: t rls
create policy p on t using (org_id = (auth.jwt() ->> 'org_id')::uuid);

-- case: by status
-- with: t rls
-- finds: warning public.t
create policy p on t for delete to authenticated using (status = 'old');

-- case: reading is info
-- with: t rls
-- finds: info public.t
create policy p on t for select to authenticated using (is_open);

-- case: what visitors write is said once
-- with: t rls
create policy p on t for update using (status = 'open');

-- case: a trigger says to which tenant a new row belongs
-- with: t rls members
create function ours() returns trigger language plpgsql as
  $$ begin new.org_id := (select m.org_id from members m where m.user_id = auth.uid()); return new; end $$;
create trigger ours before insert on t for each row execute function ours();
create policy p on t for insert to authenticated with check (status = 'new');

-- case: a trigger only says whose it is
-- with: t rls
-- finds: warning public.t
create function mine() returns trigger language plpgsql as $$ begin new.user_id := auth.uid(); return new; end $$;
create trigger mine before insert on t for each row execute function mine();
create policy p on t for insert to authenticated with check (status = 'new');
