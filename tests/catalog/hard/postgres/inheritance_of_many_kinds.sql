create table public.a (id bigint primary key, x integer constraint x_small check (x < 10));
create table public.b (id bigint, y integer not null);
create table public.ab (z integer) inherits (public.a, public.b);
create table public.merged (id bigint, x integer, w text default 'w') inherits (public.a);
create table public.adopted (x integer, id bigint not null, constraint x_small check (x < 10));
alter table public.adopted inherit public.a;
alter table public.a add constraint kept check (id > 0) no inherit;
alter table public.a add constraint later check (x > -10) not valid;
