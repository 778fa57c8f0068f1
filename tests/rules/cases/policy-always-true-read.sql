-- case: public on purpose
-- with: n rls
-- finds: info public.t.p
create policy p on t for select using (true);

-- case: a password hash
-- finds: warning public.t.p
create table t (id int, password_hash text);
alter table t enable row level security;
create policy p on t for select to authenticated using (true);

-- case: a secret in camel case
-- finds: warning public.t.p
create table t (id int, "accessToken" text);
alter table t enable row level security;
create policy p on t for select using (true);

-- case: words that only look like secrets
-- finds: info public.t.p
create table t (id int, treatment text, certificate text, token_count int, password_required boolean);
alter table t enable row level security;
create policy p on t for select using (true);

-- case: the phone of a restaurant
-- finds: info public.restaurants.p
create table restaurants (id int, phone text);
alter table restaurants enable row level security;
create policy p on restaurants for select using (true);

-- case: the phone of a person
-- finds: warning public.customers.p
create table customers (id int, phone text);
alter table customers enable row level security;
create policy p on customers for select using (true);

-- case: the column is not granted
-- finds: info public.customers.p
create table customers (id int, phone text);
alter table customers enable row level security;
revoke all on customers from anon, authenticated;
grant select (id) on customers to anon;
create policy p on customers for select using (true);

-- case: one that writes too is said once
-- with: t rls
create policy p on t using (true);
