-- case: joined
-- with: t rls
-- finds: error public.f(text)
create function f(a text) returns void language plpgsql security definer set search_path = '' as $$
begin
  execute 'delete from public.t where status = ''' || a || '''';
end $$;

-- case: as its caller
-- with: t rls
-- finds: warning public.f(text)
create function f(a text) returns void language plpgsql as $$
begin
  execute 'delete from public.t where status = ''' || a || '''';
end $$;

-- case: the whole statement
-- finds: error public.f(text)
create function f(query text) returns json language plpgsql security definer set search_path = '' as $$
declare
  result json;
begin
  if query !~* '^select' then
    raise exception 'only reads';
  end if;
  execute 'select json_agg(x) from (' || query || ') as x' into result;
  return result;
end $$;

-- case: by a format, by place
-- with: t rls
-- finds: error public.f(text, text)
create function f(a text, b text) returns void language plpgsql security definer set search_path = '' as $$
begin
  execute format('delete from public.t where status = %1$L and %2$s', a, b);
end $$;

-- case: through variables and functions of text
-- with: t rls
-- finds: error public.f(text)
create function f(a text default null) returns void language plpgsql security definer set search_path = '' as $$
declare
  v text := coalesce(trim(lower(a)), 'id > 0');
  q text;
begin
  q := 'delete from public.t';
  q := concat(q, ' where ', v);
  execute q;
end $$;

-- case: a field of a document, in a loop
-- with: t rls
-- finds: error public.f(jsonb)
create function f(filter jsonb) returns setof t language plpgsql security definer set search_path = '' as $$
declare
  r public.t;
begin
  for r in execute 'select * from public.t where ' || (filter ->> 'where') loop
    return next r;
  end loop;
end $$;

-- case: in a query that is returned, in a procedure's name
-- with: t rls
-- finds: error public.f(text)
create function f(a varchar) returns setof t language plpgsql security definer set search_path = '' as $$
begin
  return query execute 'select * from public.t order by ' || a;
end $$;
drop function f(varchar);
create function f(a text) returns setof t language plpgsql security definer set search_path = '' as $$
begin
  return query execute 'select * from public.t order by ' || $1;
end $$;

-- case: one with an account, who is asked for
-- with: t rls members
-- finds: warning public.f(text)
create function f(a text) returns void language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select 1 from public.members as m where m.user_id = auth.uid() and m.role = 'admin') then
    raise exception 'admins only';
  end if;
  execute 'delete from public.t where ' || a;
end $$;

-- case: not SQL at all, but it runs some
-- finds: warning public.f(text)
create function f(a text) returns xml language sql as $$ select query_to_xml(a, true, false, '') $$;

-- case: its schema is not in the API
-- finds: info private.f(text)
create schema private;
grant usage on schema private to authenticated;
create function private.f(a text) returns void language plpgsql security definer set search_path = '' as
  'begin execute a; end';

-- case: quoted
-- with: t rls
create function f(a text, b text) returns void language plpgsql security definer set search_path = '' as $$
begin
  execute format('update public.t set %I = %L', a, b);
  execute 'delete from public.t where ' || quote_ident(a) || ' = ' || quote_literal(b);
  execute 'delete from public.t where status = ' || quote_nullable(b);
end $$;

-- case: handed over
-- with: t rls
create function f(a text) returns void language plpgsql security definer set search_path = '' as $$
begin
  execute 'delete from public.t where status = $1' using a;
end $$;

-- case: no text
-- with: t rls
create function f(a bigint, b uuid, c regclass, d boolean) returns void language plpgsql security definer
  set search_path = '' as $$
begin
  execute 'delete from public.t where id = ' || a || ' and user_id = ''' || b || '''';
  execute format('select 1 from %s where %s', c, d);
end $$;

-- case: text made into something else
-- with: t rls
create function f(a text, b text) returns void language plpgsql security definer set search_path = '' as $$
begin
  execute format('select 1 from %s where id = %s', a::regclass, b::bigint);
  execute 'select 1 from ' || a::regclass::text;
end $$;

-- case: constants
-- with: t rls
create function f(a text) returns void language plpgsql security definer set search_path = '' as $$
declare
  v text := 'public.t';
begin
  if a is null then
    v := 'public.' || 't';
  end if;
  execute 'delete from ' || v;
end $$;

-- case: one of two
-- with: t rls
create function f(a text) returns setof t language plpgsql security definer set search_path = '' as $$
begin
  return query execute 'select * from public.t order by id ' || case when a = 'desc' then 'desc' else 'asc' end;
end $$;

-- case: on a list
-- with: t rls
create function f(a text) returns setof t language plpgsql security definer set search_path = '' as $$
declare
  v text := lower(a);
begin
  if v not in ('id', 'status') then
    raise exception 'no such column';
  end if;
  return query execute 'select * from public.t order by ' || v;
end $$;

-- case: letters only
-- with: t rls
create function f(a text) returns void language plpgsql security definer set search_path = '' as $$
begin
  if a !~ '^[a-z_]+$' then
    raise exception 'letters only';
  end if;
  execute 'delete from public.t where status = '''' || a || ''''';
end $$;

-- case: in the catalog
create function f(a text) returns bigint language plpgsql security definer set search_path = '' as $$
declare
  n bigint;
begin
  if not exists (select 1 from information_schema.tables as x where x.table_schema = 'public' and x.table_name = a) then
    raise exception 'no such table';
  end if;
  execute 'select count(*) from public.' || a into n;
  return n;
end $$;

-- case: clients cannot call it
create function f(query text) returns void language plpgsql security definer set search_path = '' as
  'begin execute query; end';
revoke execute on function f(text) from public, anon, authenticated;

-- case: a trigger function
-- with: t
create function f() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  execute format('insert into %I.log select $1.*', tg_table_schema) using new;
  return new;
end $$;
