create sequence s start 5 increment 2;
create table t (a integer default nextval('s'));
create sequence q as integer;
