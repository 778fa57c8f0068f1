create function f() returns trigger language plpgsql as 'begin return new; end';
create table t (a integer);
create table u (a integer);
create constraint trigger c after insert or update on t from u deferrable initially deferred for each row when (new.a > 0) execute function f();
alter table t disable trigger c;
comment on trigger c on t is 'late';
