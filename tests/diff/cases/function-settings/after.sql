create function f() returns integer language sql set search_path = 'S.x', public as 'select 1';
create function g() returns integer language sql security definer set statement_timeout = '5s' as 'select 1';
