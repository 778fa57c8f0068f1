create schema a;
create schema b;
create table a.t (id integer primary key);
create table b.u (t integer references a.t);
