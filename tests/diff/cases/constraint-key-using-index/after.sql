create table t (a integer not null, b integer);
alter table t add constraint i primary key (a);
