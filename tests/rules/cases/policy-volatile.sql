-- case: immutable, and asks who calls
-- with: t rls
-- finds: error public.me()
create function me() returns uuid language sql immutable as $$ select auth.uid() $$;
create policy p on t for select using (user_id = me());

-- case: in a select of its own
-- with: t rls
-- finds: error public.me()
create function me() returns uuid language plpgsql immutable as $$ begin return auth.uid(); end $$;
create policy p on t for select using (user_id = (select me()));

-- case: it reads a table, with constants
-- with: t rls members
-- finds: error public.any_of(text)
create function any_of(what text) returns boolean language sql immutable as
  $$ select exists (select 1 from members where role = what) $$;
create policy p on t for select using (user_id = auth.uid() or any_of('open'));

-- case: another for every row
-- with: t rls
-- finds: warning public.t.p
create policy p on t for select using (user_id = auth.uid() and random() < 0.5);

-- case: given who calls
-- with: t rls members
create function is_in(who uuid) returns boolean language sql immutable as
  $$ select exists (select 1 from members where user_id = who) $$;
create policy p on t for select using (is_in(auth.uid()));

-- case: immutable indeed
-- with: t rls
create function doubled(n bigint) returns bigint language sql immutable as $$ select n * 2 $$;
create policy p on t for select using (user_id = auth.uid() and id = doubled(4));

-- case: stable
-- with: t rls
create function me() returns uuid language sql stable as $$ select auth.uid() $$;
create policy p on t for select using (user_id = me());

-- case: the time of the transaction
-- with: t rls
create policy p on t for select using (user_id = auth.uid() and now() < '2099-01-01');

-- case: a column of that name
create table t (id int primary key, user_id uuid, random numeric);
create index on t (user_id);
alter table t enable row level security;
create policy p on t for select using (user_id = auth.uid() and random < 0.5);
