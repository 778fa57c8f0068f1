create function f() returns table (a integer, c text, d date) language sql as $$select 1, 'x', current_date$$;
create view v as select a, d from f();
comment on function f() is 'eff';
