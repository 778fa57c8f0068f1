create type e as enum ('b');
create function f(e) returns integer language sql as 'select 1';
