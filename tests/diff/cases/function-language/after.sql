create function f(a integer) returns integer language plpgsql as 'begin return a; end';
create function g() returns trigger language plpgsql security definer set search_path = '' as 'begin return null; end';
