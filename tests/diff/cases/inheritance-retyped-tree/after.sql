create table p (id bigint, a text);
create table k (x integer) inherits (p);
create table l (y integer) inherits (k);
create view v as select id, a from p;
create index i on l (a);
