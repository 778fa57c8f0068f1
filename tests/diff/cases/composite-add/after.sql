create type c as (a integer, "B b" text collate "C");
create type d as (x c[], y c);
create function f(c) returns d language sql as 'select row(array[$1], $1)::public.d';
create table t (x d, y c[]);
comment on type c is 'cee';
comment on column c."B b" is 'bee';
