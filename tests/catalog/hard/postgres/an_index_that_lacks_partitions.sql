create table public.p (id integer, v integer) partition by range (id);
create table public.p1 partition of public.p for values from (0) to (10);
create table public.p2 partition of public.p for values from (10) to (20);
create index half on only public.p (v);
create index half_1 on public.p1 (v);
alter index public.half attach partition public.half_1;
