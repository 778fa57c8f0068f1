-- case: a role as it is sent
-- with: people
-- finds: error public.f()
create function f() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.people (id, role) values (new.id, new.raw_user_meta_data ->> 'role');
  return new;
end $$;
create trigger made after insert on auth.users for each row execute function f();

-- case: by way of variables, with a default
-- with: people
-- finds: error public.f()
create function f() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  meta jsonb := coalesce(new.raw_user_meta_data, '{}');
  wanted text;
begin
  wanted := lower(coalesce(meta ->> 'role', 'member'));
  insert into public.people as p (id, role) values (new.id, wanted) on conflict (id) do nothing;
  return new;
end $$;
create trigger made after insert on auth.users for each row execute function f();

-- case: a list with the administrator on it
-- with: people
-- finds: error public.f()
create function f() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  wanted text := new.raw_user_meta_data ->> 'role';
begin
  if wanted not in ('admin', 'member') then
    wanted := 'member';
  end if;
  insert into public.people (id, role) values (new.id, wanted);
  return new;
end $$;
create trigger made after insert on auth.users for each row execute function f();

-- case: chosen by a CASE
-- with: people
-- finds: error public.f()
create function f() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.people (id, role)
  values (new.id, case when new.raw_user_meta_data ->> 'type' = 'boss' then 'admin' else 'member' end);
  return new;
end $$;
create trigger made after insert on auth.users for each row execute function f();

-- case: a type with a label for administrators
-- finds: error public.f()
create type rank as enum ('member', 'site_admin');
create table ranks (user_id uuid primary key, role rank not null);
alter table ranks enable row level security;
create function f() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.ranks select new.id, (new.raw_user_meta_data ->> 'role')::public.rank;
  return new;
end $$;
create trigger made after insert on auth.users for each row execute function f();

-- case: a flag and a plan, on every change
-- with: people
-- finds: error public.f()
create function f() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  update public.people set is_admin = (new.raw_user_meta_data ->> 'admin')::boolean,
    plan = new.raw_user_meta_data -> 'billing' ->> 'plan' where id = new.id;
  return new;
end $$;
create trigger changed after update on auth.users for each row execute function f();

-- case: a name and a picture
-- with: people
create function f() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.people (id, name) values (new.id, new.raw_user_meta_data ->> 'name');
  return new;
end $$;
create trigger made after insert on auth.users for each row execute function f();

-- case: a role of the server's choice
-- with: people
create function f() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.people (id, name, role)
  values (new.id, new.raw_user_meta_data ->> 'name', coalesce(new.raw_app_meta_data ->> 'role', 'member'));
  return new;
end $$;
create trigger made after insert on auth.users for each row execute function f();

-- case: a harmless list
-- with: people
create function f() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  wanted text := new.raw_user_meta_data ->> 'role';
begin
  if wanted is null or wanted not in ('buyer', 'seller') then
    wanted := 'buyer';
  end if;
  insert into public.people (id, role) values (new.id, wanted);
  return new;
end $$;
create trigger made after insert on auth.users for each row execute function f();

-- case: administrators are refused
-- with: people
create function f() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  wanted text := new.raw_user_meta_data ->> 'role';
begin
  if wanted = 'admin' then
    raise exception 'ask us';
  end if;
  insert into public.people (id, role) values (new.id, wanted);
  return new;
end $$;
create trigger made after insert on auth.users for each row execute function f();

-- case: a type with harmless labels
create type kind as enum ('buyer', 'seller');
create table kinds (user_id uuid primary key, role kind not null);
alter table kinds enable row level security;
create function f() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.kinds (user_id, role) values (new.id, (new.raw_user_meta_data ->> 'role')::public.kind);
  return new;
end $$;
create trigger made after insert on auth.users for each row execute function f();

-- case: a CHECK with harmless values
create table kinds (user_id uuid primary key, role text not null check (role in ('buyer', 'seller')));
alter table kinds enable row level security;
create function f() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.kinds (user_id, role) values (new.id, new.raw_user_meta_data ->> 'role');
  return new;
end $$;
create trigger made after insert on auth.users for each row execute function f();

-- case: constants, whatever is sent
-- with: people
create function f() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.people (id, role)
  values (new.id, case new.raw_user_meta_data ->> 'type' when 'shop' then 'seller' else 'buyer' end);
  return new;
end $$;
create trigger made after insert on auth.users for each row execute function f();

-- case: no trigger runs it
-- with: people
create function f() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.people (id, role) values (new.id, new.raw_user_meta_data ->> 'role');
  return new;
end $$;
