create table t (a integer, b integer);
create view v as select a from t;
create view w as select a from v;
grant select on v to public;
comment on view v is 'vee';
