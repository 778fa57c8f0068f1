-- case: accounts, that only row level security keeps shut
-- finds: warning auth.users
grant select on auth.users to authenticated;

-- case: accounts that a policy opens
-- finds: error auth.users
grant select on auth.users to authenticated;
create policy everybody on auth.users for select to authenticated using (true);

-- case: one's own account
-- finds: info auth.users
grant select on auth.users to authenticated;
create policy mine on auth.users for select to authenticated using (id = (select auth.uid()));

-- case: some columns of them
-- finds: warning auth.users
grant select (id, email) on auth.users to anon;

-- case: secrets
-- finds: error vault.decrypted_secrets
create extension if not exists supabase_vault with schema vault;
grant usage on schema vault to anon;
grant select on vault.decrypted_secrets to anon;

-- case: secrets behind a schema that is shut
-- finds: warning vault.decrypted_secrets
create extension if not exists supabase_vault with schema vault;
grant select on vault.decrypted_secrets to anon;

-- case: making secrets
-- finds: error vault.create_secret(text, text, text, uuid)
create extension if not exists supabase_vault with schema vault;
grant usage on schema vault to authenticated;
grant execute on function vault.create_secret(text, text, text, uuid) to authenticated;

-- case: jobs, which everybody who may use the schema may schedule
-- finds: error cron
create extension pg_cron;
grant usage on schema cron to authenticated;

-- case: jobs by name
-- finds: warning cron.job
create extension pg_cron;
grant select on cron.job to authenticated;

-- case: the platform as it is
create extension pg_cron;
create extension pg_net;
create extension if not exists supabase_vault with schema vault;
create extension pgmq;
create table t (id int primary key);

-- case: to the service role
create extension if not exists supabase_vault with schema vault;
grant usage on schema vault to service_role;
grant select on vault.decrypted_secrets to service_role;

-- case: storage is there for clients
grant select on storage.objects to anon;

-- case: taken back
grant select on auth.users to authenticated;
revoke select on auth.users from authenticated;

-- case: the functions of policies
grant usage on schema auth to authenticated;
