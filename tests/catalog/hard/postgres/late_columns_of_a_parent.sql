create table public.base (id bigint not null, note text);
create table public.child (own integer default 7) inherits (public.base);
alter table public.base add column late timestamptz not null default now();
alter table public.child add column later text;
alter table public.base add column latest integer;
create table public.grandchild (deep boolean) inherits (public.child);
alter table public.child alter column note set default 'of the child';
alter table public.grandchild alter column own set not null;
