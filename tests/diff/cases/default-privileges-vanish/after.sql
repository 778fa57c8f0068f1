create role alice;
create role bob;
create schema s;
create table s.u (id serial);
create table t (id serial);
