create role alice;
create role bob;
alter default privileges grant select on tables to alice;
alter default privileges in schema public grant insert on tables to alice with grant option;
alter default privileges in schema public grant usage on sequences to bob;
alter default privileges grant usage on schemas to bob;
create table t (id serial);
