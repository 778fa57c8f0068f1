create schema s;
create type s.e as enum ('a');
create table s.t (x s.e);
