create table t (a integer not null, at date not null, constraint pk primary key (a, at)) partition by range (at);
create table t1 partition of t for values from ('2025-01-01') to ('2026-01-01');
create index i on t (at);
alter table t add constraint c check (a > 0);
create table u (a integer, at date, foreign key (a, at) references t);
