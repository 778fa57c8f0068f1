create table t (a integer, b integer);
create table u (a integer);
create sequence s owned by u.a;
alter table u alter a set default nextval('s');
