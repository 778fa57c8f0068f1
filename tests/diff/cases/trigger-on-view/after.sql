create function f() returns trigger language plpgsql as 'begin return new; end';
create table t (a integer);
create view v as select a from t;
create trigger tr instead of insert or update on v for each row execute function f();
comment on trigger tr on v is 'writes';
