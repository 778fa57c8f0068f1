create function f() returns trigger language plpgsql as 'begin return new; end';
create table t (a integer);
create trigger one before insert on t for each row execute function f();
create trigger two before insert on t for each row execute function f();
alter table t disable trigger two;
comment on trigger one on t is 'first';
