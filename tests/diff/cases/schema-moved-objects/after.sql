create schema a;
create schema b;
create table b.t (id integer primary key);
create function b.f() returns integer language sql as 'select 1';
create view b.v as select id from b.t;
