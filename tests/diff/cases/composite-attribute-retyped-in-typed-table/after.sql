create type c as (a bigint, b text);
create table t of c;
create index i on t (a);
