-- PostgREST without Supabase: one role for visitors, one for users, the tenant in a claim of the token.
create role web_anon nologin;
create role web_user nologin;
create schema api;
create schema data;
grant usage on schema api to web_anon, web_user;

create function api.tenant() returns uuid
language sql stable
return (nullif(current_setting('request.jwt.claims', true), '')::json ->> 'tenant_id')::uuid;

create table api.customers (
  id bigint generated always as identity primary key,
  tenant_id uuid not null,
  name text not null
);
create index on api.customers (tenant_id);
alter table api.customers enable row level security;
create policy tenant_rows on api.customers to web_user
  using (tenant_id = (select api.tenant())) with check (tenant_id = (select api.tenant()));
grant select, insert, update, delete on api.customers to web_user;

create table api.invoices (
  id bigint generated always as identity primary key,
  tenant_id uuid not null,
  customer_id bigint not null references api.customers (id),
  amount numeric(12, 2) not null check (amount >= 0),
  issued_on date not null default current_date
);
create index on api.invoices (tenant_id);
create index on api.invoices (customer_id);
alter table api.invoices enable row level security;
create policy tenant_rows on api.invoices to web_user
  using (tenant_id = (select api.tenant())) with check (tenant_id = (select api.tenant()));
grant select, insert on api.invoices to web_user;

create table api.countries (
  code char(2) primary key,
  name text not null
);
alter table api.countries enable row level security;
create policy everybody on api.countries for select to web_anon, web_user using (true);
grant select on api.countries to web_anon, web_user;

-- What no client role can reach needs no policy.
create table data.jobs (
  id bigint generated always as identity primary key,
  payload jsonb not null,
  run_at timestamptz not null default now()
);
