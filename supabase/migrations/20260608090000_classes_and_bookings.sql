-- Classes, their sessions, and bookings. A seat is held for some minutes while its payment runs, and no longer.

set local lock_timeout = '2s';

create type public.class_status as enum ('draft', 'published', 'archived');
create type public.session_status as enum ('draft', 'published', 'cancelled');
create type public.booking_status as enum ('held', 'confirmed', 'payment_failed', 'expired', 'cancelled');

create table public.rooms (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null references public.tenants (id) on delete cascade,
  name text not null check (char_length(name) between 1 and 80),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, id),
  unique (tenant_id, name)
);

create trigger touch_updated_at before update on public.rooms
  for each row execute function private.touch_updated_at();

alter table public.rooms enable row level security;

create policy "Members read their rooms" on public.rooms
  for select to authenticated
  using (tenant_id in (select private.my_tenant_ids()));

create policy "Managers add rooms" on public.rooms
  for insert to authenticated
  with check (tenant_id in (select private.managed_tenant_ids()));

create policy "Managers rename rooms" on public.rooms
  for update to authenticated
  using (tenant_id in (select private.managed_tenant_ids()))
  with check (tenant_id in (select private.managed_tenant_ids()));

grant select, insert (tenant_id, name), update (name) on table public.rooms to authenticated;
grant select, insert, update, delete on table public.rooms to service_role;

create table public.classes (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null references public.tenants (id) on delete cascade,
  title text not null check (char_length(title) between 1 and 200),
  description text not null default '',
  price_cents integer not null check (price_cents >= 0),
  currency text not null default 'EUR' check (currency ~ '^[A-Z]{3}$'),
  status public.class_status not null default 'draft',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, id)
);

create index classes_newest_idx on public.classes (created_at desc, id desc) where status = 'published';

create trigger touch_updated_at before update on public.classes
  for each row execute function private.touch_updated_at();

alter table public.classes enable row level security;

create policy "Visitors read published classes" on public.classes
  for select to anon
  using (status = 'published');

create policy "Users read published classes, members all of theirs" on public.classes
  for select to authenticated
  using (status = 'published' or tenant_id in (select private.my_tenant_ids()));

create policy "Managers add classes" on public.classes
  for insert to authenticated
  with check (tenant_id in (select private.managed_tenant_ids()));

create policy "Managers change classes" on public.classes
  for update to authenticated
  using (tenant_id in (select private.managed_tenant_ids()))
  with check (tenant_id in (select private.managed_tenant_ids()));

grant select on table public.classes to anon, authenticated;
grant insert (tenant_id, title, description, price_cents, currency, status) on table public.classes to authenticated;
grant update (title, description, price_cents, currency, status) on table public.classes to authenticated;
grant select, insert, update, delete on table public.classes to service_role;

create table public.class_sessions (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null,
  class_id uuid not null,
  room_id uuid not null,
  instructor_id uuid not null,
  during tstzrange not null,
  capacity integer not null check (capacity between 1 and 500),
  status public.session_status not null default 'draft',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, class_id, id),
  check (not isempty(during) and not lower_inf(during) and not upper_inf(during)),
  foreign key (tenant_id, class_id) references public.classes (tenant_id, id) on delete restrict,
  foreign key (tenant_id, room_id) references public.rooms (tenant_id, id) on delete restrict,
  foreign key (tenant_id, instructor_id) references public.memberships (tenant_id, user_id) on delete restrict,
  constraint class_sessions_room_is_free
    exclude using gist (room_id with =, during with &&) where (status <> 'cancelled'),
  constraint class_sessions_instructor_is_free
    exclude using gist (instructor_id with =, during with &&) where (status <> 'cancelled')
);

create index class_sessions_room_idx on public.class_sessions (tenant_id, room_id);
create index class_sessions_instructor_idx on public.class_sessions (tenant_id, instructor_id);
create index class_sessions_starts_idx on public.class_sessions (lower(during), id) where status = 'published';

create trigger touch_updated_at before update on public.class_sessions
  for each row execute function private.touch_updated_at();

alter table public.class_sessions enable row level security;

create policy "Visitors read announced sessions" on public.class_sessions
  for select to anon
  using (status in ('published', 'cancelled'));

create policy "Users read announced sessions, members all of theirs" on public.class_sessions
  for select to authenticated
  using (status in ('published', 'cancelled') or tenant_id in (select private.my_tenant_ids()));

create policy "Managers plan sessions" on public.class_sessions
  for insert to authenticated
  with check (tenant_id in (select private.managed_tenant_ids()));

create policy "Managers move sessions" on public.class_sessions
  for update to authenticated
  using (tenant_id in (select private.managed_tenant_ids()))
  with check (tenant_id in (select private.managed_tenant_ids()));

grant select on table public.class_sessions to anon, authenticated;
grant insert (tenant_id, class_id, room_id, instructor_id, during, capacity, status)
  on table public.class_sessions to authenticated;
grant update (room_id, instructor_id, during, capacity, status) on table public.class_sessions to authenticated;
grant select, insert, update, delete on table public.class_sessions to service_role;

create table public.bookings (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null,
  class_id uuid not null,
  session_id uuid not null,
  learner_id uuid not null references auth.users (id) on delete restrict,
  attendee_name text not null default '',
  status public.booking_status not null default 'held',
  hold_expires_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, id),
  foreign key (tenant_id, class_id, session_id)
    references public.class_sessions (tenant_id, class_id, id) on delete restrict,
  check (status <> 'held' or hold_expires_at is not null)
);

create index bookings_session_idx on public.bookings (tenant_id, class_id, session_id);
create index bookings_learner_idx on public.bookings (learner_id, created_at desc, id desc);
create index bookings_held_idx on public.bookings (hold_expires_at) where status = 'held';
create unique index bookings_one_seat_each_idx on public.bookings (session_id, learner_id)
  where status in ('held', 'confirmed');

create trigger touch_updated_at before update on public.bookings
  for each row execute function private.touch_updated_at();

alter table public.bookings enable row level security;

create policy "Learners read their bookings, teachers those of the studio" on public.bookings
  for select to authenticated
  using (learner_id = (select auth.uid()) or tenant_id in (select private.taught_tenant_ids()));

grant select on table public.bookings to authenticated;
grant select, insert, update on table public.bookings to service_role;

-- seats that nobody has, beside the given booking; locks the session, so that its callers come one after the other
create function private.free_seats(p_session uuid, p_beside_booking uuid)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_capacity integer;
begin
  select s.capacity into v_capacity from public.class_sessions as s where s.id = p_session for no key update;
  return v_capacity - (
    select count(*)
    from public.bookings as b
    where b.session_id = p_session
      and b.id is distinct from p_beside_booking
      and (b.status = 'confirmed' or (b.status = 'held' and b.hold_expires_at > now()))
  );
end;
$$;

-- a trigger, so that no path overbooks: neither the RPC, nor an event of the provider, nor a script of the server
create function private.guard_capacity()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if new.status not in ('held', 'confirmed') then
    return new;
  end if;
  if tg_op = 'UPDATE'
    and old.session_id = new.session_id
    and (old.status = 'confirmed' or (old.status = 'held' and old.hold_expires_at > now()))
  then
    return new;
  end if;
  if private.free_seats(new.session_id, new.id) < 1 then
    raise exception 'the session is full' using errcode = '23P01';
  end if;
  return new;
end;
$$;

create trigger guard_capacity before insert or update of status, session_id, hold_expires_at on public.bookings
  for each row execute function private.guard_capacity();

-- the money is there: true if a seat was too, false if it must be given back
create function private.settle_booking(p_booking uuid)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_booking public.bookings;
begin
  -- the session before the booking, as book_session does, so that two of them never wait for each other
  perform 1
  from public.class_sessions as s
  where s.id = (select b.session_id from public.bookings as b where b.id = p_booking)
  for no key update;
  select b.* into v_booking from public.bookings as b where b.id = p_booking for update;
  if v_booking.status = 'confirmed' then
    return true;
  end if;
  if v_booking.status = 'cancelled'
    or private.free_seats(v_booking.session_id, p_booking) < 1
    or exists (
      select 1
      from public.bookings as b
      where b.session_id = v_booking.session_id
        and b.learner_id = v_booking.learner_id
        and b.id <> p_booking
        and b.status in ('held', 'confirmed')
    )
  then
    return false;
  end if;
  update public.bookings as b set status = 'confirmed', hold_expires_at = null where b.id = p_booking;
  return true;
end;
$$;

create function private.session_free_seats(p_session uuid)
returns integer
language sql
stable
security definer
set search_path = ''
as $$
  select s.capacity - (
    select count(*)::integer
    from public.bookings as b
    where b.session_id = s.id
      and (b.status = 'confirmed' or (b.status = 'held' and b.hold_expires_at > now()))
  )
  from public.class_sessions as s
  where s.id = p_session
    and s.status = 'published';
$$;

revoke execute on function private.free_seats(uuid, uuid) from public;
revoke execute on function private.guard_capacity() from public;
revoke execute on function private.settle_booking(uuid) from public;
revoke execute on function private.session_free_seats(uuid) from public;
grant execute on function private.free_seats(uuid, uuid) to service_role;
grant execute on function private.settle_booking(uuid) to service_role;
grant execute on function private.session_free_seats(uuid) to authenticated;

create function public.session_free_seats(session_id uuid)
returns integer
language sql
stable
set search_path = ''
as $$
  select private.session_free_seats(session_free_seats.session_id);
$$;

revoke execute on function public.session_free_seats(uuid) from public;
grant execute on function public.session_free_seats(uuid) to authenticated;
