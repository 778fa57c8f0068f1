create extension btree_gist;
create table public.far (a integer, b integer, c text, primary key (a, b), unique nulls not distinct (c) include (b));
alter table public.far add constraint twice unique (c);
alter table public.far add constraint once unique (c);
create table public.near (
  a integer, b integer, c text, d integer, during tstzrange,
  constraint simple foreign key (a, b) references public.far on delete set null (b) on update cascade,
  constraint full_match foreign key (a, b) references public.far (a, b) match full on delete set default,
  constraint late foreign key (c) references public.far (c) deferrable initially deferred,
  constraint unique_later unique (d) deferrable,
  constraint apart exclude using gist (d with =, during with &&) where (d > 0) deferrable,
  constraint filled unique (a) with (fillfactor = 70)
);
alter table public.near add constraint unchecked check (d > 5) not valid;
alter table public.near add constraint unchecked_far foreign key (c) references public.far (c) not valid;
alter table public.near add constraint unenforced check (d < 500) not enforced;
create table public.rooms (id integer, during tstzrange, primary key (id, during without overlaps));
create table public.bookings (room integer, during tstzrange,
  foreign key (room, period during) references public.rooms (id, period during));
create unique index far_index on public.far (b) where b > 0;
create unique index plain_index on public.far (b);
create table public.by_index (b integer references public.far (b));
create table public.self (id integer primary key, parent integer references public.self (id) on delete cascade);
