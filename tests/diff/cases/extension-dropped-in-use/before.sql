create extension citext;
create extension hstore;
create table t (id integer, a citext, h hstore);
create index i on t (a);
create view v as select a from t;
create function f(citext) returns integer language sql as 'select 1';
