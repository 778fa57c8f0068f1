create table p (a integer, c integer);
create table k (d integer) inherits (p);
