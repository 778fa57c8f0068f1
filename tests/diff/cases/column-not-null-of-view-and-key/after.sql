create table t (a integer not null, b text not null default '', primary key (a));
create view v as select * from t;
