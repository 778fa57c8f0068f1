create sequence s;
create table t (a integer default nextval('s'), b integer);
alter sequence s owned by t.a;
