create role alice;
create table t (id integer, o text);
grant select on t to alice;
