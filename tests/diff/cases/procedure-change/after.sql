create procedure p(a integer, inout b text, out c integer) language plpgsql security definer as 'begin b := a; c := 1; end';
comment on procedure p(integer, text, out integer) is 'pee';
