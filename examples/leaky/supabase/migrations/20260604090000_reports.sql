-- What the studio's owners look at: events, settings, and the weekly report.

create table public.events (
  id uuid not null default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  what text not null,
  created_at timestamptz not null default now(),
  primary key (id, created_at)
) partition by range (created_at);

create index events_user_idx on public.events (user_id);

alter table public.events enable row level security;

create policy "Users read what they did" on public.events
  for select to authenticated
  using (user_id = (select auth.uid()));

-- wrong: a partition does not inherit row level security, and the API serves it as a table like any other.
create table public.events_2026_06 partition of public.events
  for values from ('2026-06-01') to ('2026-07-01');

grant select on table public.events, public.events_2026_06 to authenticated;

create table public.site_settings (
  key text primary key,
  value jsonb not null,
  created_at timestamptz not null default now()
);

alter table public.site_settings enable row level security;

-- wrong: users write their own user_metadata, so a role in there is whatever they say it is.
-- It wants app_metadata, or a table of roles.
create policy "Admins manage settings" on public.site_settings
  for all to authenticated
  using ((select auth.jwt()) -> 'user_metadata' ->> 'role' = 'admin')
  with check ((select auth.jwt()) -> 'user_metadata' ->> 'role' = 'admin');

grant select, insert, update, delete on table public.site_settings to authenticated;

create function public.send_weekly_report()
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform net.http_post(
    url := 'https://leakyleakyleakyleaky.supabase.co/functions/v1/report',
    -- wrong: the key that passes by every policy, in the history of the repository for ever. (This one is made up.)
    headers := '{"Authorization": "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZSIsInJlZiI6ImxlYWt5bGVha3lsZWFreWxlYWt5Iiwicm9sZSI6InNlcnZpY2Vfcm9sZSIsImlhdCI6MTc4MDMwMDAwMCwiZXhwIjoyMDk1ODc2MDAwfQ.bWFkZSB1cCwgc2lnbnMgbm90aGluZywgMzIgYnl0ZXM"}'::jsonb
  );
end;
$$;

revoke execute on function public.send_weekly_report() from public;
