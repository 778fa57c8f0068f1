create table p (a integer);
create table k (b integer) inherits (p);
