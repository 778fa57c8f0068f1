create schema s;
alter default privileges in schema s grant execute on functions to public;
create function s.f() returns integer language sql as 'select 1';
