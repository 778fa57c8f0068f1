-- case: CREATE POLICY enables nothing
-- with: t
-- finds: error public.t
create policy p on t using (true);

-- case: out of reach
-- with: t closed
-- finds: warning public.t
create policy p on t using (true);

-- case: enabled later
-- with: t
create policy p on t using (user_id = auth.uid());
alter table t enable row level security;

-- case: the policy is gone
-- with: t
create policy p on t using (true);
drop policy p on t;
