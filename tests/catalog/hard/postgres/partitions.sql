create table public.events (
  id bigint generated always as identity, at timestamptz not null default now(), kind text not null, tenant integer,
  primary key (id, at, kind), constraint tenant_known check (tenant > 0)
) partition by range (at);
create table public.events_2025 partition of public.events for values from ('2025-01-01') to ('2026-01-01');
create table public.events_2026 partition of public.events for values from ('2026-01-01') to ('2027-01-01')
  partition by list (kind);
create table public.events_2026_a partition of public.events_2026 for values in ('a', 'b''c');
create table public.events_2026_rest partition of public.events_2026 default;
create table public.other_order (tenant integer, kind text not null, at timestamptz not null, id bigint not null,
  constraint tenant_known check (tenant > 0));
alter table public.events attach partition public.other_order for values from ('2027-01-01') to ('2028-01-01');
create index events_kind on public.events (kind) where tenant is not null;
create index events_2025_own on public.events_2025 (tenant);
create table public.tenants (id integer primary key);
alter table public.events add constraint of_tenant foreign key (tenant) references public.tenants (id);
create table public.seen (event bigint, at timestamptz, kind text,
  foreign key (event, at, kind) references public.events (id, at, kind));
create function public.touch() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger touched before update on public.events for each row execute function public.touch();
alter table public.events_2025 disable trigger touched;
create trigger only_here after insert on public.events_2025 for each statement execute function public.touch();
create table public.hashed (id uuid, v text) partition by hash (id);
create table public.hashed_0 partition of public.hashed for values with (modulus 2, remainder 0);
create table public.hashed_1 partition of public.hashed for values with (modulus 2, remainder 1);
create table public.by_lower (v text collate "C") partition by list (lower(v));
