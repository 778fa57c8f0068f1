create table public.orders (id integer primary key, total numeric(10, 2), kind text, parent integer);
create view public.first as select id, total from public.orders where total > 0 with local check option;
create view public.by_key as select id, total, kind, count(*) over () as n from public.orders group by id;
create view public.tree as with recursive r as (
  select id, parent, 1 as depth from public.orders union all
  select o.id, o.parent, r.depth + 1 from public.orders o join r on r.id = o.parent) select * from r;
create view public.second (number, "Sum") with (security_barrier, security_invoker = on) as select id, total from public.first;
alter view public.second alter column number set default 5;
create materialized view public.stored as select kind, sum(total) as total from public.orders group by kind;
create unique index stored_kind on public.stored (kind);
create materialized view public.later with (fillfactor = 50) as select * from public.stored with no data;
create view public.over_stored as select * from public.stored where total is not null;
create view public.aaa_first as select * from public.over_stored;
alter materialized view public.stored alter column total set statistics 300;
