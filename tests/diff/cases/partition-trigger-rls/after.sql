create function f() returns trigger language plpgsql as 'begin return new; end';
create table t (a integer) partition by list (a);
create table t1 partition of t for values in (1, 2);
create trigger tr before insert on t for each row execute function f();
alter table t enable row level security;
alter table t1 enable row level security;
create policy p on t1 using (a = 1);
