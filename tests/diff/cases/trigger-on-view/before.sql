create function f() returns trigger language plpgsql as 'begin return new; end';
create table t (a integer);
create view v as select a from t;
