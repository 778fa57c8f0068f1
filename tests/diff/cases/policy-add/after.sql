create role alice;
create table t (id integer, owner text);
alter table t enable row level security;
create policy read on t for select to alice using (owner = current_user);
create policy "write; it's" on t for insert to alice with check (owner = current_user);
create policy never on t as restrictive for delete using (false);
comment on policy read on t is 'own rows';
