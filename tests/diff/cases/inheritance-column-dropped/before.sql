create table p (a integer, b integer, c integer);
create table k (d integer) inherits (p);
create index i on k (b);
