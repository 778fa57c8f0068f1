create type s as enum ('a', 'b');
create table t (x s default 'a');
