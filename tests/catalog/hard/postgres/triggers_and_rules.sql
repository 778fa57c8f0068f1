create table public.t (id integer, name text, at timestamptz);
create view public.v as select id, name from public.t;
create function public.f() returns trigger language plpgsql as 'begin return new; end';
create trigger a before insert or update of name, at or delete on public.t for each row
  when (pg_trigger_depth() < 1) execute function public.f('it''s', 'two');
create trigger b after update on public.t for each row when (old.name is distinct from new.name) execute function public.f();
create constraint trigger c after insert on public.t deferrable initially deferred for each row execute function public.f();
create trigger d after update on public.t referencing old table as before_ new table as after_
  for each statement execute function public.f();
create trigger e after truncate on public.t execute function public.f();
create trigger i instead of insert on public.v for each row execute function public.f();
alter table public.t disable trigger a;
alter table public.t enable always trigger b;
alter table public.t enable replica trigger e;
create rule keep as on delete to public.t where old.id > 0 do instead nothing;
create rule also as on update to public.t do also (insert into public.t (id) values (new.id); delete from public.t where id = 0);
create rule of_view as on update to public.v do instead update public.t set name = new.name where id = old.id;
alter table public.t disable rule keep;
create function public.on_ddl() returns event_trigger language plpgsql as 'begin end';
create event trigger watch on ddl_command_end when tag in ('CREATE TABLE', 'DROP TABLE') execute function public.on_ddl();
create event trigger drops on sql_drop execute function public.on_ddl();
alter event trigger watch disable;
comment on event trigger drops is 'watches';
