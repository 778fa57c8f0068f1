create table t (a integer not null, b integer not null, constraint pk primary key (a));
create table u (t integer references t);
