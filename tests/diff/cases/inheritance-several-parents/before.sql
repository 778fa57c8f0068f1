create table p (a integer);
create table q (b integer);
create table k (c integer) inherits (p);
