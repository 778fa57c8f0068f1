create sequence s start 7 increment 3 maxvalue 1000 cycle cache 4;
create table t (a integer default nextval('s'));
create sequence q as bigint;
