create role alice;
create table t (id integer primary key, a text default 'x' not null, n integer);
alter table t alter a set statistics 77;
alter table t alter a set (n_distinct = 3);
comment on column t.a is 'ay';
grant select (a), update (a) on t to alice;
create index i on t (a);
create statistics st on a, n from t;
