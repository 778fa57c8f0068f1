create schema s;
create table s.t (a integer);
create table u (a integer);
