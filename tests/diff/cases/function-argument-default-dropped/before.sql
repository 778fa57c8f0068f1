create function f(a integer, b integer default 2, c text default 'x') returns integer language sql as 'select a';
create view v as select f(1) as x;
create table t (n integer default f(3));
revoke execute on function f(integer, integer, text) from public;
