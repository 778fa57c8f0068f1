create table p (a integer, n integer default 5);
create table q (b integer, m text);
create table k (c integer) inherits (p, q);
