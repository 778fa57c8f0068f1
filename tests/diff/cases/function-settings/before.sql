create function f() returns integer language sql set search_path = '' set timezone = 'UTC' as 'select 1';
create function g() returns integer language sql as 'select 1';
