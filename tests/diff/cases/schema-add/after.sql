create schema a;
create schema b;
comment on schema a is 'ay';
create table a.t (x integer);
create table b.t (x integer, y text);
