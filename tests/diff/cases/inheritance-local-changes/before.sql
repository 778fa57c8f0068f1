create table p (a integer, b integer default 1);
create table k (c integer) inherits (p);
create table l () inherits (k);
