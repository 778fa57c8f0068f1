-- case: by status
-- finds: warning public.t
create table t (id int, user_id uuid, status text);
alter table t enable row level security;
create policy p on t for update to authenticated using (status = 'draft');

-- case: what is published is read
-- finds: info public.t
create table t (id int, user_id uuid, status text);
alter table t enable row level security;
create policy p on t for select using (status = 'published');

-- case: own or published
-- finds: info public.t
create table t (id int, user_id uuid, status text);
alter table t enable row level security;
create policy p on t for select using (status = 'published' or user_id = auth.uid());

-- case: own or administrator
create function is_admin() returns boolean language plpgsql stable security definer set search_path = '' as $$
  begin return auth.jwt() ->> 'x' = 'y'; end $$;
create table t (id int, user_id uuid);
alter table t enable row level security;
create policy p on t using (user_id = auth.uid() or is_admin());

-- case: by way of a parent
create table lists (id bigint primary key, user_id uuid);
create table t (id int, list_id bigint, created_by uuid);
alter table t enable row level security;
create policy p on t using (exists (select 1 from lists l where l.id = t.list_id and l.user_id = auth.uid()));

-- case: who made it is noted
-- finds: info public.t
create table t (id int, created_by uuid, status text);
alter table t enable row level security;
create policy p on t for update to authenticated using (status = 'draft');

-- case: rows of nobody
create table t (id int, user_id uuid, status text);
alter table t enable row level security;
create policy p on t for insert to authenticated with check (user_id is null or user_id = auth.uid());

-- case: a column that another policy asks for
-- finds: warning public.t
create table t (id int, agent uuid, is_shared boolean);
alter table t enable row level security;
create policy p on t to authenticated using (is_shared or agent = auth.uid());

-- case: narrowed by whom it asks
create table t (id int, user_id uuid, status text);
alter table t enable row level security;
create policy p on t for update to authenticated using (status = 'draft');
create policy q on t as restrictive using (user_id = (select auth.uid()));

-- case: with a tenant it is the tenant's rule
-- with: t rls
create policy p on t for delete to authenticated using (status = 'old');

-- case: a trigger says whose a new row is
create table t (id int, user_id uuid, status text);
alter table t enable row level security;
create function mine() returns trigger language plpgsql as $$ begin new.user_id := auth.uid(); return new; end $$;
create trigger mine before insert on t for each row execute function mine();
create policy p on t for insert to authenticated with check (status = 'new');

-- case: a trigger only fills in what is left out
-- finds: warning public.t
create table t (id int, user_id uuid, status text);
alter table t enable row level security;
create function mine() returns trigger language plpgsql as
  $$ begin if new.user_id is null then new.user_id := auth.uid(); end if; return new; end $$;
create trigger mine before insert on t for each row execute function mine();
create policy p on t for insert to authenticated with check (status = 'new');

-- case: what a trigger does to new rows spares no old one
-- finds: warning public.t
create table t (id int, user_id uuid, status text);
alter table t enable row level security;
create function mine() returns trigger language plpgsql as $$ begin new.user_id := auth.uid(); return new; end $$;
create trigger mine before insert or update on t for each row execute function mine();
create policy p on t for update to authenticated using (status = 'new');

-- case: a trigger spares the rows of others
create table t (id int, user_id uuid, status text);
alter table t enable row level security;
create function mine() returns trigger language plpgsql as
  $$ begin if old.user_id <> auth.uid() then raise exception 'not yours'; end if; return new; end $$;
create trigger mine before update on t for each row execute function mine();
create policy p on t for update to authenticated using (status = 'new');

-- case: rows of nobody are read
create table t (id int, user_id uuid, kind text);
alter table t enable row level security;
create policy p on t for select to authenticated using (user_id = auth.uid() or user_id is null and kind = 'sample');

-- case: rows of nobody are changed
-- finds: warning public.t
create table t (id int, user_id uuid, kind text);
alter table t enable row level security;
create policy p on t to authenticated using (user_id = auth.uid() or user_id is null and kind = 'sample');

-- case: who approved it is not whose it is
create table t (id int, approved_by uuid references auth.users (id), status text);
alter table t enable row level security;
create policy p on t for update to authenticated using (status = 'draft');
