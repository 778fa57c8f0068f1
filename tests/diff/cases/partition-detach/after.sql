create table t (a integer, at date not null) partition by range (at);
create table t1 (a integer, at date not null);
create table t2 partition of t for values from ('2026-01-01') to ('2028-01-01');
