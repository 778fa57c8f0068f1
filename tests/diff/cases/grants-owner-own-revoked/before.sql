create table t (a integer);
create function f() returns integer language sql as 'select 1';
