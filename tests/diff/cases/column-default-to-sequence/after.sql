create sequence counter;
create table t (id integer primary key, n integer default nextval('counter'));
