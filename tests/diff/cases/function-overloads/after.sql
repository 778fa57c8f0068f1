create function f(a text) returns integer language sql as 'select 2';
create function f(a text, b integer) returns integer language sql as 'select 3';
create view v as select f('x'::text);
