-- case: reads past policies
-- with: t rls
-- finds: error public.f()
create function f() returns bigint language sql security definer set search_path = '' as 'select count(*) from
  public.t';

-- case: writes past policies
-- with: t rls
-- finds: error public.f(bigint)
create function f(n bigint) returns void language sql security definer set search_path = '' as
  'delete from public.t where id = n';

-- case: housekeeping, which takes nothing to choose by
-- with: t rls
-- finds: warning public.f()
create function f() returns void language sql security definer set search_path = '' as 'delete from public.t';

-- case: the same hole is told by what it trusts
-- with: t rls
-- finds: info public.f(uuid)
create function f(p_user_id uuid) returns void language sql security definer set search_path = '' as
  'delete from public.t where user_id = p_user_id';

-- case: what it reads is open to all anyway
-- with: t rls
-- finds: info public.f(bigint)
create policy p on t for select using (true);
create function f(n bigint) returns setof t language sql security definer set search_path = '' as
  'select * from public.t where id = n';

-- case: asks who
-- with: t rls
-- finds: info public.f()
create function f() returns bigint language sql security definer set search_path = '' as 'select count(*) from
  public.t where user_id = auth.uid()';

-- case: PUBLIC was revoked, the default grant to anon was not
-- with: t rls
-- finds: error public.f()
create function f() returns bigint language sql security definer set search_path = '' as 'select count(*) from
  public.t';
revoke execute on function f() from public;

-- case: in a new project PUBLIC is all there is
-- platform: supabase-explicit
-- with: t rls
create function f() returns bigint language sql security definer set search_path = '' as 'select count(*) from
  public.t';
revoke execute on function f() from public;

-- case: only invoker
-- with: t rls
create function f() returns bigint language sql as 'select count(*) from public.t';

-- case: trigger functions cannot be called
create function f() returns trigger language plpgsql security definer set search_path = '' as 'begin return new;
  end';

-- case: granted to visitors by name
-- with: t rls
-- finds: warning public.f()
create function f() returns bigint language sql security definer set search_path = '' as 'select count(*) from
  public.t';
grant execute on function f() to anon;

-- case: a secret is asked for
-- with: t rls
-- finds: warning public.f(text)
create function f(invite_token text) returns bigint language sql security definer set search_path = '' as
  'select count(*) from public.t where status = invite_token';

-- case: a yes or no that a policy needs
-- with: members
-- finds: info public.has_role(uuid, text)
create function has_role(who uuid, r text) returns boolean language sql stable security definer set search_path
  = '' as $$ select exists (select 1 from public.members m where m.user_id = who and m.role = r) $$;
create table t (
 id bigint primary key, user_id uuid not null, owner uuid, org_id uuid, status text, email text, is_open boolean
);
create index on t (user_id);
create index on t (owner);
create index on t (org_id);
alter table t enable row level security;
create policy p on t using (has_role(auth.uid(), 'admin'));

-- case: nothing to get at
-- finds: info public.f()
create function f() returns int language sql security definer set search_path = '' as 'select 1';

-- case: GRANT ALL, as dumps write it for every function
-- with: t rls
-- finds: error public.f()
create function f() returns bigint language sql security definer set search_path = ''
  as 'select count(*) from public.t';
grant all on function f() to anon;

-- case: a secret of the vault
-- finds: warning public.f()
create function f() returns text language sql stable security definer set search_path = '' as $$ select
  decrypted_secret from vault.decrypted_secrets where name = 'x' $$;

-- case: a request to somewhere
-- finds: warning public.f(text)
create function f(path text) returns bigint language plpgsql security definer set search_path = '' as $$ begin
  return net.http_delete('https://files.test/' || path); end $$;

-- case: by way of a function that runs as its owner then
-- with: t rls
-- finds: warning public.f()
create function inner_one() returns bigint language sql set search_path = '' as 'select count(*) from public.t';
create function f() returns bigint language sql security definer set search_path = '' as
  'select public.inner_one()';

-- case: by way of a function that visitors may call themselves
-- with: t rls
-- finds: info public.f()
-- finds: warning public.inner_one()
create function inner_one() returns boolean language sql security definer set search_path = ''
  as 'select exists (select 1 from public.t)';
create function f() returns boolean language sql security definer set search_path = '' as
  'select public.inner_one()';

-- case: the public side of a private function
-- with: t rls
-- finds: info public.f()
create schema private;
create function private.inner_one() returns bigint language sql security definer set search_path = ''
  as 'select count(*) from public.t';
revoke all on function private.inner_one() from public;
create function f() returns bigint language sql security definer set search_path = '' as
  'select private.inner_one()';
grant execute on function f() to anon;
