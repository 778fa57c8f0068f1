-- case: an administrator by one's own word
-- with: profiles
-- finds: error public.profiles
create policy u on profiles for update to authenticated using (id = (select auth.uid()));

-- case: FOR ALL, without TO
-- with: profiles
-- finds: error public.profiles
create policy a on profiles using (auth.uid() = id);

-- case: only another column is kept
-- with: profiles
-- finds: error public.profiles
create policy u on profiles for update to authenticated using (id = (select auth.uid()))
  with check (id = (select auth.uid()) and plan = (select p.plan from profiles p where p.id = (select auth.uid())));

-- case: the old row is asked, not the new one
-- with: profiles
-- finds: error public.profiles
create policy u on profiles for update to authenticated
  using (id = (select auth.uid()) and not is_admin) with check (id = (select auth.uid()));

-- case: a second policy forgets what the first one keeps
-- with: profiles
-- finds: error public.profiles
create policy u on profiles for update to authenticated using (id = (select auth.uid()))
  with check (id = (select auth.uid()) and not is_admin and plan = 'free');
create policy v on profiles for update to authenticated using (id = (select auth.uid()));

-- case: a role that policies go by
-- finds: error public.people
create table people (id uuid primary key, name text, role text not null default 'user');
alter table people enable row level security;
create function is_boss() returns boolean language sql stable security definer set search_path = ''
  as $$ select exists (select 1 from public.people p where p.id = (select auth.uid()) and p.role = 'boss') $$;
create policy u on people for update to authenticated using (id = (select auth.uid()) or is_boss());
create policy r on people for select to authenticated using (id = (select auth.uid()) or is_boss());

-- case: a role that can be an administrator's
-- finds: error public.people
create table people (id uuid primary key, name text, role text not null default 'user' check (role in ('user', 'admin')));
alter table people enable row level security;
create policy u on people for update to authenticated using (id = (select auth.uid()));

-- case: a role that everybody starts with
-- finds: error public.people
create table people (id uuid primary key, name text, role text not null default 'buyer');
alter table people enable row level security;
create policy u on people for update to authenticated using (id = (select auth.uid()));

-- case: names in camel case
-- finds: error public.people
create table people (id uuid primary key, "isAdmin" boolean not null default false);
alter table people enable row level security;
create policy u on people for update to authenticated using (id = (select auth.uid()));

-- case: a plan that nothing in the schema goes by
-- finds: warning public.people
create table people (id uuid primary key, plan text not null default 'free');
alter table people enable row level security;
create policy u on people for update to authenticated using (id = (select auth.uid()));

-- case: credits that a function goes by
-- finds: error public.people
create table people (id uuid primary key, credits integer not null default 0);
alter table people enable row level security;
create policy u on people for update to authenticated using (id = (select auth.uid()));
create function spend() returns boolean language sql security definer set search_path = ''
  as $$ update public.people p set credits = credits - 1 where p.id = auth.uid() and
        exists (select 1 from public.people q where q.id = auth.uid() and q.credits > 0) returning true $$;

-- case: by inserting the row
-- finds: error public.people
create table people (id uuid primary key, is_admin boolean not null default false);
alter table people enable row level security;
create policy i on people for insert to authenticated with check (id = (select auth.uid()));

-- case: roles in a table of their own
-- finds: error public.user_roles
create table user_roles (user_id uuid not null, role text not null, primary key (user_id, role));
alter table user_roles enable row level security;
create function has_role(p text) returns boolean language sql stable security definer set search_path = ''
  as $$ select exists (select 1 from public.user_roles r where r.user_id = (select auth.uid()) and r.role = p) $$;
create policy i on user_roles for insert to authenticated with check (user_id = (select auth.uid()));
create policy r on user_roles for select to authenticated using (user_id = (select auth.uid()) or has_role('admin'));

-- case: reviews that approve themselves
-- finds: warning public.reviews
create table reviews (id int primary key, user_id uuid not null, approved boolean not null default false);
alter table reviews enable row level security;
create policy r on reviews for select using (approved);
create policy i on reviews for insert to authenticated with check (user_id = (select auth.uid()));

-- case: a trigger that only keeps the date
-- with: profiles
-- finds: error public.profiles
create policy u on profiles for update to authenticated using (id = (select auth.uid()));
create function touch() returns trigger language plpgsql as $$ begin new.updated_at := now(); return new; end $$;
create trigger touch before update on profiles for each row execute function touch();

-- case: a trigger that only writes it down
-- with: profiles
-- finds: error public.profiles
create table log (what jsonb);
alter table log enable row level security;
create policy u on profiles for update to authenticated using (id = (select auth.uid()));
create function note() returns trigger language plpgsql security definer set search_path = '' as $$
  begin insert into public.log values (to_jsonb(new)); return new; end $$;
create trigger note after update on profiles for each row execute function note();

-- case: a trigger that is switched off
-- with: profiles
-- finds: error public.profiles
create policy u on profiles for update to authenticated using (id = (select auth.uid()));
create function keep() returns trigger language plpgsql as $$
  begin new.is_admin := old.is_admin; new.plan := old.plan; return new; end $$;
create trigger keep before update on profiles for each row execute function keep();
alter table profiles disable trigger keep;

-- case: column grants
-- with: profiles
create policy u on profiles for update to authenticated using (id = (select auth.uid()));
revoke update on profiles from anon, authenticated;
grant update (name) on profiles to authenticated;

-- case: the check keeps the old values
-- with: profiles
create policy u on profiles for update to authenticated using (id = (select auth.uid()))
  with check (id = (select auth.uid())
    and is_admin = (select p.is_admin from profiles p where p.id = (select auth.uid()))
    and plan is not distinct from (select p.plan from profiles p where p.id = (select auth.uid())));

-- case: the check wants the harmless ones
-- with: profiles
create policy u on profiles for update to authenticated using (id = (select auth.uid()))
  with check (id = (select auth.uid()) and is_admin = false and plan in ('free'));

-- case: USING wants them, and there is no other check
-- with: profiles
create policy u on profiles for update to authenticated using (id = (select auth.uid()) and not is_admin and plan = 'free');

-- case: a restrictive policy keeps them
-- with: profiles
create policy u on profiles for update to authenticated using (id = (select auth.uid()));
create policy k on profiles as restrictive for update to authenticated using (true) with check (not is_admin and plan = 'free');

-- case: a helper is handed the columns
-- with: profiles
create function same(p_admin boolean, p_plan text) returns boolean language plpgsql stable security definer
  set search_path = '' as $$ begin return exists (select 1 from public.profiles p where p.id = auth.uid()
  and p.is_admin = p_admin and p.plan = p_plan); end $$;
create policy u on profiles for update to authenticated using (id = (select auth.uid()))
  with check (id = (select auth.uid()) and same(is_admin, plan));

-- case: a helper that looks at nothing
-- with: profiles
-- finds: error public.profiles
create function same(p profiles) returns boolean language plpgsql stable security definer
  set search_path = '' as $$ begin return auth.uid() is not null; end $$;
create policy u on profiles for update to authenticated using (id = (select auth.uid()))
  with check (id = (select auth.uid()) and same(profiles));

-- case: a helper is handed the whole row
-- with: profiles
create function same(p profiles) returns boolean language plpgsql stable security definer set search_path = '' as $$
  begin
    perform 1 from public.profiles q where q.id = p.id and q.is_admin = p.is_admin and q.plan = p.plan;
    return found;
  end $$;
create policy u on profiles for update to authenticated using (id = (select auth.uid()))
  with check (id = (select auth.uid()) and same(profiles));

-- case: only administrators change profiles
-- with: profiles
create function is_admin() returns boolean language sql stable security definer set search_path = ''
  as $$ select exists (select 1 from public.profiles p where p.id = (select auth.uid()) and p.is_admin) $$;
create policy u on profiles for update to authenticated using (is_admin());
create policy v on profiles for update to authenticated using (id = (select auth.uid()) and is_admin());

-- case: a trigger puts the old values back
-- with: profiles
create policy u on profiles for update to authenticated using (id = (select auth.uid()));
create function keep() returns trigger language plpgsql as $$
  begin new.is_admin := old.is_admin; new.plan := old.plan; return new; end $$;
create trigger keep before update on profiles for each row execute function keep();

-- case: a trigger raises
-- with: profiles
create policy u on profiles for update to authenticated using (id = (select auth.uid()));
create function keep() returns trigger language plpgsql as $$
  begin
    if (new.is_admin, new.plan) is distinct from (old.is_admin, old.plan) then raise exception 'no'; end if;
    return new;
  end $$;
create trigger keep before update on profiles for each row execute function keep();

-- case: a trigger says when
-- with: profiles
create policy u on profiles for update to authenticated using (id = (select auth.uid()));
create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
create trigger keep before update on profiles for each row
  when (old.is_admin is distinct from new.is_admin or old.plan is distinct from new.plan) execute function refuse();

-- case: a trigger on the columns
-- with: profiles
create policy u on profiles for update to authenticated using (id = (select auth.uid()));
create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
create trigger keep before update of is_admin, plan on profiles for each row execute function refuse();

-- case: a trigger that is told the columns
-- with: profiles
create policy u on profiles for update to authenticated using (id = (select auth.uid()));
create function refuse() returns trigger language plpgsql as $$
  declare c text;
  begin
    foreach c in array tg_argv loop
      if to_jsonb(new) -> c is distinct from to_jsonb(old) -> c then raise exception 'no'; end if;
    end loop;
    return new;
  end $$;
create trigger keep before update on profiles for each row execute function refuse('is_admin', 'plan');

-- case: the row is made at signup, and then left alone
-- with: profiles
create policy i on profiles for insert to authenticated with check (id = (select auth.uid()));
create function joined() returns trigger language plpgsql security definer set search_path = '' as $$
  begin insert into public.profiles (id) values (new.id); return new; end $$;
create trigger joined after insert on auth.users for each row execute function joined();

-- case: a role in a chat
create table messages (id int primary key, user_id uuid not null, role text not null check (role in ('user', 'assistant')));
alter table messages enable row level security;
create policy a on messages to authenticated using (user_id = (select auth.uid()));

-- case: a job title
create table people (id uuid primary key, role text);
alter table people enable row level security;
create policy u on people for update to authenticated using (id = (select auth.uid()));

-- case: money that one keeps the books of
create table accounts (id int primary key, user_id uuid not null, balance numeric not null, credits numeric);
alter table accounts enable row level security;
create policy a on accounts to authenticated using (user_id = (select auth.uid()));

-- case: a draft
create table onboarding_drafts (user_id uuid primary key, role text check (role in ('tenant', 'owner')));
alter table onboarding_drafts enable row level security;
create policy a on onboarding_drafts to authenticated using (user_id = (select auth.uid()));

-- case: words that only begin alike
create table people (id uuid primary key, administrative_area text, planet text, balanced boolean, superhero text);
alter table people enable row level security;
create policy u on people for update to authenticated using (id = (select auth.uid()));

-- case: computed from what users cannot write
create table people (id uuid primary key, name text, premium boolean generated always as (name = 'x') stored);
alter table people enable row level security;
create policy u on people for update to authenticated using (id = (select auth.uid()));

-- case: everybody's row is another rule's
-- with: profiles
create policy u on profiles for update to authenticated using (true);

-- case: not in the API
create schema private;
create table private.people (id uuid primary key, is_admin boolean);
alter table private.people enable row level security;
grant usage on schema private to authenticated;
grant update on private.people to authenticated;
create policy u on private.people for update to authenticated using (id = (select auth.uid()));

-- case: a column whose broken DROP a policy held back
create table people (id uuid primary key, role text not null default 'member');
alter table people enable row level security;
create policy p on people for update to authenticated using (id = auth.uid()) with check (id = auth.uid());
create policy q on people for select to authenticated using (role = 'admin' and id = auth.uid());
alter table people drop column role;
