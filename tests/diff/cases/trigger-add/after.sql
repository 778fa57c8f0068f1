create function f() returns trigger language plpgsql as 'begin return new; end';
create table t (a integer, b integer);
create trigger one before insert or update of a on t for each row when (new.a > 0) execute function f('x', 'y');
create trigger two after delete on t referencing old table as gone for each statement execute function f();
create constraint trigger three after insert on t deferrable initially deferred for each row execute function f();
comment on trigger one on t is 'first';
