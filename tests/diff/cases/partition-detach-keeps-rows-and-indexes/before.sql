create table t (a integer not null, b text, constraint pk primary key (a)) partition by range (a);
create index i on t (b);
create table t1 partition of t for values from (0) to (10);
create table t2 partition of t for values from (10) to (20);
