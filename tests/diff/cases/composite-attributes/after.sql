create type c as (a integer, d date);
create table t (x c);
comment on column c.d is 'dee';
