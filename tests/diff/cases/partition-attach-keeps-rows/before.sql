create table t (a integer not null, at date not null, constraint pk primary key (a, at)) partition by range (at);
create index i on t (at);
create table t1 (a integer not null, at date not null);
