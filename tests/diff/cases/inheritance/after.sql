create table p (a bigint default 4, constraint c check (a > 0), constraint d check (a < 100), n text);
create table k (b integer) inherits (p);
