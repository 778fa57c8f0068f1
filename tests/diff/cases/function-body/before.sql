create function f(a integer) returns integer language sql as 'select a';
comment on function f(integer) is 'eff';
revoke execute on function f(integer) from public;
