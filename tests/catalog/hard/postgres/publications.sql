create schema streamed;
create table public.t (id integer primary key, a text, b text);
create table streamed.u (id integer);
create table public.parent (id integer primary key, a text);
create table public.child () inherits (public.parent);
create publication parts for table public.t (id, b) where (id > 5), only public.parent with (publish = 'insert, delete');
create publication whole for tables in schema streamed, table public.t;
create publication everything for all tables with (publish_via_partition_root);
create publication empty;
