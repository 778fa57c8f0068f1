create table t (a integer, b integer);
create table u (a integer);
create sequence s owned by t.a;
alter table t alter a set default nextval('s');
