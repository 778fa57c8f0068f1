-- case: over a view that passes by policies
-- with: t rls
-- finds: warning public.v
create view a as select id from t limit 10;
create view v with (security_invoker = on) as select * from a;

-- case: by way of another like itself
-- with: t rls
-- finds: warning public.m
-- finds: warning public.v
create view a as select id from t limit 10;
create view m with (security_invoker = on) as select * from a;
create view v with (security_invoker = on) as select * from m;

-- case: over one that only it lets clients at
-- with: t rls
-- finds: error public.v
create schema private;
create view private.a as select id from public.t;
grant select on private.a to authenticated;
create view v with (security_invoker = on) as select * from private.a;

-- case: clients may not read the inner view, so this one fails
-- with: t rls
create view a as select id from t;
revoke all on a from anon, authenticated;
create view v with (security_invoker = on) as select * from a;

-- case: both bind their caller
-- with: t rls
create view a with (security_invoker = on) as select * from t;
create view v with (security_invoker = on) as select * from a;

-- case: the inner view hides nothing
-- with: t rls
create policy p on t for select using (true);
create view a as select id from t;
create view v with (security_invoker = on) as select * from a;

-- case: the inner view is a filter
-- with: t rls
create view a as select id from t where user_id = auth.uid();
create view v with (security_invoker = on) as select * from a;

-- case: a view without it is told elsewhere
-- with: t rls
create view a as select id from t;
create view v as select * from a;
