create table t (id integer primary key, code text);
create function make_code() returns text language sql as $$select 'x' || count(*) from public.t$$;
alter table t alter code set default make_code();
