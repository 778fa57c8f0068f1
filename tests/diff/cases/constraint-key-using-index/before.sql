create table t (a integer not null, b integer);
create unique index i on t (a);
