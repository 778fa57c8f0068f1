-- case: a column
-- with: t rls
-- finds: info public.t.p
create policy p on t for select to authenticated using (email = auth.email());

-- case: in the token, in lower case
-- with: t rls
-- finds: info public.t.p
create policy p on t for select to authenticated using (lower(email) = lower((select auth.jwt() ->> 'email')));

-- case: among invitations
-- with: t rls
-- finds: info public.t.p
create table invitations (id bigint primary key, email text, org_id uuid);
create policy p on t for select to authenticated
  using (auth.email() in (select i.email from invitations i where i.org_id = t.org_id));

-- case: by id
-- with: t rls
create policy p on t for select to authenticated using (user_id = auth.uid());

-- case: a constant is another rule's
-- with: t rls
create policy p on t for select to authenticated using (auth.email() = 'a@example.org');

-- case: the address must fit besides
-- with: t rls
create policy p on t for select to authenticated using (user_id = auth.uid());
create policy q on t as restrictive for select to authenticated using (email = auth.email());

-- case: two columns
-- with: t rls
create policy p on t for select to authenticated using (user_id = auth.uid() and email = status);
