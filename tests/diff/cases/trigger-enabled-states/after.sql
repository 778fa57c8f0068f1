create function f() returns trigger language plpgsql as 'begin return new; end';
create table t (a integer);
create trigger a after insert on t for each row execute function f();
create trigger b after insert on t for each row execute function f();
create trigger c after insert or delete on t for each row execute function f();
alter table t enable replica trigger a, disable trigger b, enable replica trigger c;
