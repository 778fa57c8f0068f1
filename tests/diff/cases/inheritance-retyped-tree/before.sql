create table p (id integer, a varchar(5));
create table k (x integer) inherits (p);
create table l (y integer) inherits (k);
create view v as select id, a from p;
create index i on l (a);
