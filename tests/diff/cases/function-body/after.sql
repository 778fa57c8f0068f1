create function f(a integer) returns integer language sql immutable strict security definer set search_path = '' cost 5 as 'select a + 1';
comment on function f(integer) is 'eff';
revoke execute on function f(integer) from public;
