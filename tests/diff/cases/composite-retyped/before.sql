create type c as (a integer, b text);
create function f(c) returns integer language sql as 'select 1';
create table t (x c);
