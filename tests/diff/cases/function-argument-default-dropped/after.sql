create function f(a integer, b integer, c text default 'y') returns integer language sql as 'select a';
create view v as select f(1, 5) as x;
create table t (n integer default f(3, 4));
revoke execute on function f(integer, integer, text) from public;
