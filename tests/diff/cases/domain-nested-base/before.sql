create domain d as integer check (value > 0);
create domain e as d default 1;
create type c as (x e, y text);
create table t (a d, b e, c c);
create function f(e) returns d language sql as 'select $1::d';
comment on domain e is 'ee';
grant usage on domain d to public;
