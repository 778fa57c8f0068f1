create table t (id integer, at date) partition by range (at);
create table t1 partition of t for values from ('2026-01-01') to ('2027-01-01');
