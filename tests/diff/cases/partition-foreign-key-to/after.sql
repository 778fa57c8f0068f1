create table t (a integer not null, b integer not null, constraint k unique (a, b)) partition by range (a);
create table t1 partition of t for values from (0) to (10);
create table u (a integer, b integer, constraint f foreign key (a, b) references t (a, b) on delete cascade);
