create schema s;
create type s.e as enum ('b');
create table s.t (x s.e);
