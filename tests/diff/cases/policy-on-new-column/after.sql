create table t (id integer, owner text default current_user not null);
alter table t enable row level security;
create policy p on t using (owner = current_user) with check (owner = current_user);
create policy q on t for delete using (owner = current_user);
