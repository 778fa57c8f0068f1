-- Classes, bookings, and reviews.

create table public.classes (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null references public.tenants (id) on delete cascade,
  title text not null,
  created_at timestamptz not null default now()
);

create index classes_tenant_idx on public.classes (tenant_id);

alter table public.classes enable row level security;

-- wrong: tenant_id without a table in front is the membership's own, so it is compared with itself.
-- Whoever works in any studio reads the classes of all. It wants: classes.tenant_id.
create policy "Members read the classes of their studio" on public.classes
  for select to authenticated
  using (
    exists (select 1 from public.memberships as m where m.tenant_id = tenant_id and m.user_id = (select auth.uid()))
  );

grant select on table public.classes to authenticated;

create table public.bookings (
  id uuid primary key default gen_random_uuid(),
  class_id uuid not null references public.classes (id) on delete restrict,
  learner_id uuid not null references auth.users (id) on delete cascade,
  seats integer not null default 1,
  created_at timestamptz not null default now()
);

create index bookings_class_idx on public.bookings (class_id);
create index bookings_learner_idx on public.bookings (learner_id);

alter table public.bookings enable row level security;

-- wrong: WITH CHECK replaces USING for new rows, and forgets whose they are. One books, and pays, in another's name.
create policy "Learners manage their bookings" on public.bookings
  for all to authenticated
  using (learner_id = (select auth.uid()))
  with check (seats between 1 and 4);

grant select, insert, update, delete on table public.bookings to authenticated;

-- wrong: a view reads as its owner unless told otherwise, and the owner is exempt from the policies of bookings.
-- It wants: with (security_invoker = on).
create view public.booking_list as
  select b.id, c.title, b.learner_id, b.seats
  from public.bookings as b
  join public.classes as c on c.id = b.class_id;

grant select on table public.booking_list to authenticated;

create table public.reviews (
  id uuid primary key default gen_random_uuid(),
  class_id uuid not null references public.classes (id) on delete cascade,
  author_id uuid not null references auth.users (id) on delete cascade,
  body text not null,
  created_at timestamptz not null default now()
);

create index reviews_class_idx on public.reviews (class_id);
create index reviews_author_idx on public.reviews (author_id);

alter table public.reviews enable row level security;

-- wrong, though only slow: a bare auth.uid() is called for each row. As (select auth.uid()) it is called once.
create policy "Authors manage their reviews" on public.reviews
  for all to authenticated
  using (author_id = auth.uid())
  with check (author_id = auth.uid());

grant select, insert, update, delete on table public.reviews to authenticated;
