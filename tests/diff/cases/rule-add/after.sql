create table t (a integer);
create table log (a integer);
create view v as select a from t;
create rule ins as on insert to v do instead insert into t values (new.a);
create rule logged as on update to t do also insert into log values (new.a);
alter table t enable always rule logged;
comment on rule ins on v is 'writes through';
