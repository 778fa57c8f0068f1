create sequence s;
create table t (id serial);
