create table s (a integer primary key);
create function next_a() returns integer language sql as 'select coalesce(max(a), 0) + 1 from public.s';
alter table s alter column a set default next_a();
create table u (a integer default next_a(), b integer check (next_a() > b));
