create table t (a integer);
create table u (id integer primary key);
alter table t add constraint c check (a > 100) not valid;
alter table t add constraint f foreign key (a) references u not valid;
