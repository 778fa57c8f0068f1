-- Events by month: policies on the root, row level security on each partition, which nobody reads by its own name.
create table public.events (
  id bigint generated always as identity,
  user_id uuid not null references auth.users (id) on delete cascade,
  kind text not null,
  happened_at timestamptz not null default now(),
  primary key (id, happened_at)
) partition by range (happened_at);
create index on public.events (user_id, happened_at);
alter table public.events enable row level security;
create policy "own events" on public.events for select to authenticated using (user_id = (select auth.uid()));
create policy "add own events" on public.events for insert to authenticated
  with check (user_id = (select auth.uid()));
grant select, insert on public.events to authenticated;

create table public.events_2026_01 partition of public.events for values from ('2026-01-01') to ('2026-02-01');
create table public.events_2026_02 partition of public.events for values from ('2026-02-01') to ('2026-03-01');
create table public.events_other partition of public.events default;
alter table public.events_2026_01 enable row level security;
alter table public.events_2026_02 enable row level security;
alter table public.events_other enable row level security;
revoke all on public.events_2026_01, public.events_2026_02, public.events_other from anon, authenticated;

create table public.readings (
  sensor_id bigint not null,
  user_id uuid not null references auth.users (id) on delete cascade,
  value double precision not null,
  read_at timestamptz not null,
  primary key (sensor_id, read_at)
) partition by hash (sensor_id);
create index on public.readings (user_id);
alter table public.readings enable row level security;
create policy "own readings" on public.readings for select to authenticated using (user_id = (select auth.uid()));
grant select on public.readings to authenticated;
create table public.readings_0 partition of public.readings for values with (modulus 2, remainder 0);
create table public.readings_1 partition of public.readings for values with (modulus 2, remainder 1);
alter table public.readings_0 enable row level security;
alter table public.readings_1 enable row level security;
revoke all on public.readings_0, public.readings_1 from anon, authenticated;
