create schema app; create schema auth; create schema extensions;
create extension citext schema extensions; create extension pg_trgm schema extensions; create extension vector schema extensions;
create type public.status as enum ('draft','published','archived');
create type app.role as enum ('owner','admin','member');
create domain public.email as text check (value ~ '@');
create domain app.score as integer;
create type app.address as (street text, city text, zip varchar(10));
create function auth.uid() returns uuid language sql stable as $$ select null::uuid $$;
create function auth.role() returns text language sql stable as $$ select null::text $$;
create function auth.email() returns text language sql stable as $$ select null::text $$;
create function auth.jwt() returns jsonb language sql stable as $$ select null::jsonb $$;
create table auth.users (id uuid primary key, email varchar(255), raw_user_meta_data jsonb, created_at timestamptz);
create table public.orgs (id uuid primary key default gen_random_uuid(), name text not null, owner_id uuid, plan varchar(20), settings jsonb);
create table public.members (org_id uuid, user_id uuid, role app.role, active boolean default true, level int, title varchar, joined_at timestamptz, permissions text[]);
create table public.profiles (id uuid primary key, is_admin boolean, role text, email text, username varchar(30));
create table public.posts (id uuid default gen_random_uuid(), org_id uuid, user_id uuid, title text, slug varchar(80), code char(3), status public.status,
 kind app.role, price numeric(10,2), total numeric, qty int, big bigint, small smallint, ratio double precision, score real, points app.score, tags text[], labels varchar(20)[],
 meta jsonb, raw json, created_at timestamptz default now(), updated_at timestamp, day date, opens time, span interval, published boolean,
 ip inet, email public.email, addr app.address, search tsvector, ids uuid[], nums int[], states public.status[], "camelCase" text, "order" int, ci extensions.citext,
 vec extensions.vector(3), data bytea, period tstzrange, cash money, ch "char", nm name, bits bit(3), deleted_at timestamptz, parent_id uuid, name varchar(100), body text);
create table public.comments (id bigint generated always as identity, post_id uuid, user_id uuid, body text, created_at timestamptz);
create table public.admins (user_id uuid);
create sequence public.posts_no;
create function public.is_member(org uuid) returns boolean language sql stable as $$ select true $$;
create function public.has_role(org uuid, r app.role) returns boolean language sql stable as $$ select true $$;
create function public.has_perm(p text, n bigint default 0) returns boolean language sql stable as $$ select true $$;
create function public.my_role() returns app.role language sql stable as $$ select null::app.role $$;
create function public.my_orgs() returns setof uuid language sql stable as $$ select null::uuid $$;
create function public.limits(a numeric, b double precision) returns numeric language sql immutable as $$ select 1::numeric $$;
create function public.members_of(org uuid) returns table(id uuid, role app.role) language sql stable as $$ select null::uuid, null::app.role $$;
create function app.tenant() returns uuid language sql stable as $$ select null::uuid $$;
create function app.slug_of(v varchar) returns varchar language sql immutable as $$ select v $$;
create function public.visible(p public.posts) returns boolean language sql stable as $$ select true $$;
