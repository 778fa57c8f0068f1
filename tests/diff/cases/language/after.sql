create language other handler plpgsql_call_handler inline plpgsql_inline_handler validator plpgsql_validator;
create function f() returns integer language other as 'begin return 1; end';
comment on language other is 'like plpgsql';
