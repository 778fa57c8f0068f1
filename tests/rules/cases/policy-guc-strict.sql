-- case: an error where it was never set
-- with: t rls
-- finds: warning public.t.p
create policy p on t using (org_id::text = current_setting('app.org'));

-- case: an empty string is no uuid
-- with: t rls
-- finds: warning public.t.p
create policy p on t using (org_id = current_setting('app.org', true)::uuid);

-- case: wrapped
-- with: t rls
-- finds: warning public.t.p
create policy p on t for insert with check (org_id = (select current_setting('app.org', false)::uuid));

-- case: NULL and an empty string are none
-- with: t rls
create policy p on t using (org_id = nullif(current_setting('app.org', true), '')::uuid);

-- case: compared as text
-- with: t rls
create policy p on t using (org_id::text = current_setting('app.org', true));

-- case: a setting of every request
-- with: t rls
create policy p on t using (user_id = (current_setting('request.jwt.claims')::json ->> 'sub')::uuid);

-- case: a setting of Postgres's own
-- with: t rls
create policy p on t using (status = current_setting('application_name'));
