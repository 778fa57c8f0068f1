-- case: true by folding
-- with: t rls
-- finds: error public.t.p
create policy p on t for delete using (1 = 1 or is_open);
create policy r on t for select using (user_id = (select auth.uid()));

-- case: a column that cannot be NULL equals itself
-- with: t rls
-- finds: error public.t.p
create policy p on t for delete using (user_id = user_id);
create policy r on t for select using (user_id = (select auth.uid()));

-- case: a column that may be NULL does not
-- with: t rls
create policy p on t for delete using (owner = owner);

-- case: for service_role alone
-- with: t rls
create policy p on t to service_role using (true);

-- case: narrowed
-- with: t rls
create policy p on t using (true);
create policy q on t as restrictive using (user_id = (select auth.uid()));

-- case: not narrowed by what is true
-- with: t rls
-- finds: error public.t.p
create policy p on t for update using (true);
create policy q on t as restrictive using (true);
create policy r on t for select using (user_id = (select auth.uid()));

-- case: nobody holds the command
-- with: t rls closed
create policy p on t using (true);

-- case: only what is held
-- with: t rls closed
grant select on t to anon;
create policy p on t using (true);

-- case: INSERT without WITH CHECK denies
-- with: t rls
create policy p on t for insert;

-- case: WITH CHECK alone opens INSERT
-- with: t rls
-- finds: error public.t.p
create policy p on t using (user_id = (select auth.uid())) with check (true);

-- case: a form that nobody reads
-- with: n rls
-- finds: warning public.t.p
create policy p on t for insert with check (true);

-- case: a helper that is always true
-- finds: error public.t.p
create function yes() returns boolean language sql as 'select true';
create table t (
 id bigint primary key, user_id uuid not null, owner uuid, org_id uuid, status text, email text, is_open boolean
);
create index on t (user_id);
create index on t (owner);
create index on t (org_id);
alter table t enable row level security;
create policy p on t for update using (yes());
create policy r on t for select using (user_id = (select auth.uid()));

-- case: out of the REST API
-- finds: warning s.t.p
create schema s;
grant usage on schema s to anon;
create table s.t (id int);
grant select, delete on s.t to anon;
alter table s.t enable row level security;
create policy p on s.t using (true);

-- case: files are told of by storage-bucket-unscoped
create policy p on storage.objects for delete using (true);

-- case: rows that nobody sees are changed only by statements without a WHERE
-- with: t rls
-- finds: warning public.t.p
create policy p on t for update using (true);

-- case: one's own are found as well
-- with: t rls
-- finds: error public.t.p
create policy p on t for update using (true);
create policy r on t for select using (user_id = (select auth.uid()));

-- case: rows that administrators see
-- with: t rls
-- finds: warning public.t.p
create policy p on t for update using (true);
create policy r on t for select using ((select auth.jwt()) -> 'app_metadata' ->> 'role' = 'admin');
