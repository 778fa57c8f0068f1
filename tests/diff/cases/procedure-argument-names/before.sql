create procedure p(a integer) language sql as 'select 1';
revoke execute on procedure p(integer) from public;
