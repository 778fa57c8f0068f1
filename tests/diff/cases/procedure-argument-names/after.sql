create procedure p(b integer default 4) language sql as 'select 2';
revoke execute on procedure p(integer) from public;
