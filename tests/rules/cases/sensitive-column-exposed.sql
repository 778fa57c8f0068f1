-- case: anyone, every row
-- finds: error public.keys
create table keys (id bigint primary key, "accessToken" text);
alter table keys enable row level security;
create policy p on keys for select using (true);

-- case: rows that are published
-- finds: warning public.keys
create table keys (id bigint primary key, password_hash text, published boolean not null default false);
alter table keys enable row level security;
create policy p on keys for select using (published);

-- case: whoever is signed in
-- finds: warning public.keys
create table keys (id bigint primary key, share_token uuid not null);
alter table keys enable row level security;
create policy p on keys for select to authenticated using (true);

-- case: only one's own
create table keys (id bigint primary key, user_id uuid not null, api_key text);
create index on keys (user_id);
alter table keys enable row level security;
create policy p on keys for select using (user_id = (select auth.uid()));

-- case: the column is not granted
create table keys (id bigint primary key, api_key text);
alter table keys enable row level security;
create policy p on keys for select using (true);
revoke select on keys from anon, authenticated;
grant select (id) on keys to anon, authenticated;

-- case: words that are inside of others
create table courses (id bigint primary key, treatment text, certificate text, secretary text, tokenized_name text);
alter table courses enable row level security;
create policy p on courses for select using (true);

-- case: counts and settings
create table plans (id bigint primary key, token_count text, max_token integer, password_required boolean, secret_id bigint);
alter table plans enable row level security;
create policy p on plans for select using (true);

-- case: the whole table is open anyway
create table keys (id bigint primary key, api_key text);

-- case: nobody may select
create table keys (id bigint primary key, api_key text);
alter table keys enable row level security;
create policy p on keys for select using (true);
revoke select on keys from anon, authenticated;
