create type e as enum ('a', 'b');
create function f(e) returns integer language sql as 'select 1';
