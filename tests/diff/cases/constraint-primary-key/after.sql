create table t (a integer not null, b integer not null, constraint pk primary key (a, b));
create table u (t integer, s integer, foreign key (t, s) references t);
