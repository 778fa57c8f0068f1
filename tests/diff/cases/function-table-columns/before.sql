create function f() returns table (a integer, b text) language sql as $$select 1, 'x'$$;
create view v as select a from f();
comment on function f() is 'eff';
