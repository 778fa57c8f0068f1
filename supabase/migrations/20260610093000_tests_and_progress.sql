-- Tests of what a class teaches, and how far each learner is. The answers lie where no API looks.

set local lock_timeout = '2s';

create table public.tests (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null,
  class_id uuid not null,
  title text not null check (char_length(title) between 1 and 200),
  questions jsonb not null default '[]' check (jsonb_typeof(questions) = 'array'),
  is_published boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, id),
  foreign key (tenant_id, class_id) references public.classes (tenant_id, id) on delete cascade
);

create index tests_class_idx on public.tests (tenant_id, class_id);

create trigger touch_updated_at before update on public.tests
  for each row execute function private.touch_updated_at();

alter table public.tests enable row level security;

create policy "Members read their tests, learners those of classes they booked" on public.tests
  for select to authenticated
  using (
    tenant_id in (select private.my_tenant_ids())
    or (
      is_published
      and exists (
        select 1
        from public.bookings as b
        where b.tenant_id = tests.tenant_id
          and b.class_id = tests.class_id
          and b.learner_id = (select auth.uid())
          and b.status = 'confirmed'
      )
    )
  );

create policy "Teachers add tests" on public.tests
  for insert to authenticated
  with check (tenant_id in (select private.taught_tenant_ids()));

create policy "Teachers change tests" on public.tests
  for update to authenticated
  using (tenant_id in (select private.taught_tenant_ids()))
  with check (tenant_id in (select private.taught_tenant_ids()));

grant select, insert (tenant_id, class_id, title, questions, is_published), update (title, questions, is_published)
  on table public.tests to authenticated;
grant select, insert, update, delete on table public.tests to service_role;

create table private.test_answers (
  tenant_id uuid not null,
  test_id uuid not null,
  answers integer[] not null check (cardinality(answers) > 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, test_id),
  foreign key (tenant_id, test_id) references public.tests (tenant_id, id) on delete cascade
);

create trigger touch_updated_at before update on private.test_answers
  for each row execute function private.touch_updated_at();

alter table private.test_answers enable row level security;

create table public.test_progress (
  tenant_id uuid not null,
  test_id uuid not null,
  learner_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  answers integer[] not null default '{}',
  score numeric(5, 2) check (score between 0 and 100),
  submitted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, test_id, learner_id),
  foreign key (tenant_id, test_id) references public.tests (tenant_id, id) on delete cascade,
  check ((score is null) = (submitted_at is null))
);

create index test_progress_learner_idx on public.test_progress (learner_id, created_at desc);

create trigger touch_updated_at before update on public.test_progress
  for each row execute function private.touch_updated_at();

alter table public.test_progress enable row level security;

create policy "Learners read their progress, teachers that of the studio" on public.test_progress
  for select to authenticated
  using (learner_id = (select auth.uid()) or tenant_id in (select private.taught_tenant_ids()));

create policy "Learners begin tests that they may read" on public.test_progress
  for insert to authenticated
  with check (
    learner_id = (select auth.uid())
    and exists (
      select 1
      from public.tests as t
      where t.tenant_id = test_progress.tenant_id and t.id = test_progress.test_id
    )
  );

create policy "Learners answer until they submit" on public.test_progress
  for update to authenticated
  using (learner_id = (select auth.uid()) and submitted_at is null)
  with check (learner_id = (select auth.uid()) and submitted_at is null);

-- neither score nor submitted_at: those are the server's
grant select, insert (tenant_id, test_id, learner_id, answers), update (answers)
  on table public.test_progress to authenticated;
grant select, insert, update, delete on table public.test_progress to service_role;

create function private.set_test_answers(p_test uuid, p_answers integer[])
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_tenant uuid;
begin
  select t.tenant_id into v_tenant
  from public.tests as t
  join public.memberships as m on m.tenant_id = t.tenant_id
  where t.id = p_test
    and m.user_id = (select auth.uid())
    and m.role in ('owner', 'manager', 'instructor');
  if v_tenant is null then
    raise exception 'only its teachers set the answers of a test' using errcode = '42501';
  end if;
  insert into private.test_answers as a (tenant_id, test_id, answers) values (v_tenant, p_test, p_answers)
  on conflict (tenant_id, test_id) do update set answers = excluded.answers;
end;
$$;

create function private.submit_test(p_test uuid)
returns numeric
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_score numeric;
begin
  update public.test_progress as g
  set
    submitted_at = now(),
    score = (
      select round(100.0 * count(*) filter (where given.answer = wanted.answer) / count(*), 2)
      from unnest(a.answers) with ordinality as wanted (answer, place)
      left join unnest(g.answers) with ordinality as given (answer, place) on given.place = wanted.place
    )
  from private.test_answers as a
  where a.tenant_id = g.tenant_id
    and a.test_id = g.test_id
    and g.test_id = p_test
    and g.learner_id = (select auth.uid())
    and g.submitted_at is null
  returning g.score into v_score;
  if not found then
    raise exception 'no open test of yours' using errcode = 'P0002';
  end if;
  return v_score;
end;
$$;

revoke execute on function private.set_test_answers(uuid, integer[]) from public;
revoke execute on function private.submit_test(uuid) from public;
grant execute on function private.set_test_answers(uuid, integer[]) to authenticated;
grant execute on function private.submit_test(uuid) to authenticated;

create function public.set_test_answers(test_id uuid, answers integer[])
returns void
language sql
set search_path = ''
as $$
  select private.set_test_answers(set_test_answers.test_id, set_test_answers.answers);
$$;

create function public.submit_test(test_id uuid)
returns numeric
language sql
set search_path = ''
as $$
  select private.submit_test(submit_test.test_id);
$$;

revoke execute on function public.set_test_answers(uuid, integer[]) from public;
revoke execute on function public.submit_test(uuid) from public;
grant execute on function public.set_test_answers(uuid, integer[]) to authenticated;
grant execute on function public.submit_test(uuid) to authenticated;
