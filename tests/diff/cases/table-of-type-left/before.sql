create type c as (a integer, b text);
create table t of c (a primary key);
