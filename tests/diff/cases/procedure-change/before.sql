create procedure p(a integer, inout b integer) language plpgsql as 'begin b := a; end';
grant execute on procedure p(integer, integer) to public;
comment on procedure p(integer, integer) is 'pee';
