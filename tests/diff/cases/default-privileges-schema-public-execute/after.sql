create schema s;
create function s.f() returns integer language sql as 'select 1';
create function s.g() returns integer language sql as 'select 1';
