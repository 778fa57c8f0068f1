create function f(a integer, b text default 'x') returns text language sql stable as 'select b';
create procedure p(inout x integer) language plpgsql as 'begin x := 1; end';
create function g() returns table (a integer, b text) language sql as $$select 1, 'a'$$;
create function atomic(a integer) returns integer language sql begin atomic select a + 1; end;
