-- case: e-mail addresses
-- finds: error public.v
create view v as select id, email from auth.users;

-- case: all columns
-- finds: error public.v
create view v as select * from auth.users;

-- case: in an expression, by a join
-- with: t rls
-- finds: error public.v
create view v as select t.id, coalesce(u.raw_user_meta_data ->> 'name', 'nobody') as name
  from t left join auth.users as u on u.id = t.user_id;

-- case: by way of a view that is not in the API, a sub-query and a WITH
-- finds: error public.v
create schema private;
create view private.a as select id, email as mail from auth.users;
create view v as with x as (select s.id, s.mail as m from (select * from private.a) as s) select id, upper(m) as m from x;

-- case: a sub-query for a column
-- with: t rls
-- finds: error public.v
create view v as select id, (select u.email from auth.users as u where u.id = t.user_id) as mail from t;
revoke insert, update, delete on v from anon, authenticated;

-- case: kept in a materialised view
-- finds: error public.v
create materialized view v as select id, phone from auth.users;

-- case: rows of a function
-- finds: error public.f()
create function f() returns table (id uuid, mail text) language sql stable security definer set search_path = '' as
  'select u.id, u.email::text from auth.users as u';

-- case: by number
-- finds: error public.f(uuid)
create function f(p_user_id uuid) returns text language plpgsql stable security definer set search_path = '' as $$
begin
  return (select u.email from auth.users as u where u.id = p_user_id);
end $$;

-- case: who made it when
-- finds: warning public.v
create view v as select id, created_at from auth.users;

-- case: one's own
-- finds: info public.v
-- finds: info public.f()
create view v as select id, email from auth.users where id = auth.uid();
create function f() returns text language sql stable security definer set search_path = '' as
  'select email::text from auth.users where id = auth.uid()';

-- case: only keys
create view v as select id from auth.users;

-- case: how many, and whether any
create view v as select count(u.email) as n, bool_or(u.phone is not null) as phones from auth.users as u;

-- case: it only decides
-- with: t rls
create view v as select t.id from t join auth.users as u on u.id = t.user_id and u.email like '%@example.org'
  where exists (select u2.email from auth.users as u2 where u2.id = t.user_id);

-- case: as its caller, who may not
create view v with (security_invoker = on) as select id, email from auth.users;

-- case: clients may not read it
create view v as select id, email from auth.users;
revoke all on v from anon, authenticated;
create function f() returns setof text language sql stable security definer set search_path = '' as
  'select email::text from auth.users';
revoke execute on function f() from public, anon, authenticated;

-- case: columns of the same names elsewhere
-- with: t rls
create view v as select t.id, t.email from t join auth.users as u on u.id = t.user_id;
