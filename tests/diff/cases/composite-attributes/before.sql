create type c as (a integer, b text);
create table t (x c);
comment on column c.a is 'ay';
