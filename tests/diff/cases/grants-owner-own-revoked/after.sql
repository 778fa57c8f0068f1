create table t (a integer);
create function f() returns integer language sql as 'select 1';
revoke insert, delete on t from postgres;
revoke all on function f() from postgres, public;
