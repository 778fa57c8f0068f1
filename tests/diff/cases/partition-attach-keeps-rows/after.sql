create table t (a integer not null, at date not null, constraint pk primary key (a, at)) partition by range (at);
create index i on t (at);
create table t1 partition of t for values from ('2025-01-01') to ('2026-01-01');
