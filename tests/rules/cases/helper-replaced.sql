-- case: a stub
-- with: n rls
-- finds: warning public.ok()
create function ok() returns boolean language sql stable as 'select auth.jwt() ->> ''x'' = ''y''';
create policy p on t to authenticated using (ok());
-- file: 2.sql
create or replace function ok() returns boolean language sql stable as 'select true';

-- case: what cannot be looked into
-- with: n rls
-- finds: info public.ok()
create function ok() returns boolean language sql stable as 'select auth.jwt() ->> ''x'' = ''y''';
create policy p on t to authenticated using (ok());
-- file: 2.sql
create or replace function ok() returns boolean language plpgsql stable as
  $$ begin perform pg_sleep(0); return auth.jwt() ->> 'x' = 'z'; end $$;

-- case: another condition
-- with: members n rls
-- finds: info public.ok()
create function ok() returns boolean language sql stable as
  'select exists (select 1 from members where user_id = auth.uid() and role = ''admin'')';
create policy p on t to authenticated using (ok());
-- file: 2.sql
create or replace function ok() returns boolean language sql stable as
  'select exists (select 1 from members where user_id = auth.uid())';

-- case: stricter
-- with: members n rls
create function ok() returns boolean language sql stable as
  'select exists (select 1 from members where user_id = auth.uid())';
create policy p on t to authenticated using (ok());
-- file: 2.sql
create or replace function ok() returns boolean language sql stable as
  'select exists (select 1 from members m where m.user_id = (select auth.uid()) and m.role = ''admin'')';

-- case: no policy calls it
create function ok() returns boolean language sql stable as 'select auth.jwt() ->> ''x'' = ''y''';
-- file: 2.sql
create or replace function ok() returns boolean language sql stable as 'select true';

-- case: put back
-- with: n rls
create function ok() returns boolean language sql stable as 'select auth.jwt() ->> ''x'' = ''y''';
create policy p on t to authenticated using (ok());
-- file: 2.sql
create or replace function ok() returns boolean language sql stable as 'select true';
-- file: 3.sql
create or replace function ok() returns boolean language sql stable as 'select auth.jwt() ->> ''x'' = ''y''';

-- case: in the file that made it
-- with: n rls
create function ok() returns boolean language sql stable as 'select auth.jwt() ->> ''x'' = ''y''';
create policy p on t to authenticated using (ok());
create or replace function ok() returns boolean language sql stable as 'select true';
