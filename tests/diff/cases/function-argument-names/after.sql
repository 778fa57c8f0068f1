create function f(x integer, b integer default 3) returns integer language sql as 'select x';
create view v as select f(1, 2);
