create schema a;
create schema b;
create table a.t (id uuid primary key);
create table b.u (t uuid references a.t, n integer);
