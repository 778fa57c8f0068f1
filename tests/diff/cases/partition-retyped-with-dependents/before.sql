create table t (a integer not null, n integer, constraint pk primary key (a, n), constraint c check (n > 0)) partition by list (a);
create table t1 partition of t for values in (1);
create index i on t (n) where n > 5;
create view v as select n from t1;
create policy p on t using (n > 1);
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger tr after update of n on t for each row execute function f();
