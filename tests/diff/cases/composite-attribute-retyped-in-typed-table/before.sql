create type c as (a integer, b text);
create table t of c;
create index i on t (a);
