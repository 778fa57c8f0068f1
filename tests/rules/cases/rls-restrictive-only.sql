-- case: nothing to narrow
-- with: n rls
-- finds: warning public.t
create policy p on t as restrictive using (is_open);

-- case: something to narrow
-- with: n rls
create policy p on t as restrictive using (is_open);
create policy q on t for select using (true);

-- case: a restrictive policy for a command that nothing opens
-- with: n rls
-- finds: warning public.t
create policy p on t as restrictive for update using (is_open);
create policy q on t for select using (true);

-- case: a freeze
-- with: n rls
create policy p on t as restrictive using (false);

-- case: nobody holds the command
-- with: n rls closed
create policy p on t as restrictive using (is_open);
