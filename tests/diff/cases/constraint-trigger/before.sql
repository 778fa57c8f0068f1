create function f() returns trigger language plpgsql as 'begin return new; end';
create table t (a integer);
create table u (a integer);
create constraint trigger c after insert on t for each row execute function f();
