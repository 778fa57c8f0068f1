-- What happened and what went wrong. Written by triggers and by the server, never by a client.

create table public.audit_logs (
  id bigint generated always as identity primary key,
  tenant_id uuid,
  actor_id uuid,
  action text not null check (action in ('insert', 'update', 'delete')),
  table_name text not null,
  row_key text not null,
  before jsonb,
  after jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- no foreign keys: an entry outlives the user and the tenant that it speaks of
comment on table public.audit_logs is 'Who changed what. Tenant owners read theirs with tenant_audit_trail().';

create index audit_logs_tenant_idx on public.audit_logs (tenant_id, id desc);
create index audit_logs_row_idx on public.audit_logs (table_name, row_key);

create trigger touch_updated_at before update on public.audit_logs
  for each row execute function private.touch_updated_at();

alter table public.audit_logs enable row level security;

grant select, insert on table public.audit_logs to service_role;

create table public.error_logs (
  id bigint generated always as identity primary key,
  level text not null default 'error' check (level in ('warning', 'error', 'fatal')),
  source text not null,
  message text not null,
  context jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create index error_logs_recent_idx on public.error_logs (created_at desc, id desc);

create trigger touch_updated_at before update on public.error_logs
  for each row execute function private.touch_updated_at();

alter table public.error_logs enable row level security;

grant select, insert, delete on table public.error_logs to service_role;

create function private.write_audit_log()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_before jsonb := case when tg_op <> 'INSERT' then pg_catalog.to_jsonb(old) end;
  v_after jsonb := case when tg_op <> 'DELETE' then pg_catalog.to_jsonb(new) end;
  v_row jsonb := coalesce(v_after, v_before);
begin
  insert into public.audit_logs (tenant_id, actor_id, action, table_name, row_key, before, after)
  values (
    (v_row ->> 'tenant_id')::uuid,
    (select auth.uid()),
    pg_catalog.lower(tg_op),
    tg_table_name,
    coalesce(v_row ->> 'id', v_row ->> 'user_id', v_row ->> 'tenant_id'),
    v_before,
    v_after
  );
  return null;
end;
$$;

revoke execute on function private.write_audit_log() from public;
