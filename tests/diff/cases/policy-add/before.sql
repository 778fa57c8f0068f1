create role alice;
create table t (id integer, owner text);
