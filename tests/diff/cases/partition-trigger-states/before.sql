create function f() returns trigger language plpgsql as 'begin return new; end';
create table t (a integer) partition by list (a);
create table t1 partition of t for values in (1);
create trigger tr after insert on t for each row execute function f();
