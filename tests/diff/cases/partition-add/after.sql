create table t (a integer, at date not null) partition by range (at);
create table t1 partition of t for values from ('2025-01-01') to ('2026-01-01');
create table t2 partition of t for values from ('2026-01-01') to ('2027-01-01');
create table t3 partition of t default;
