create type c as (a integer, b text);
create table t (a integer primary key, b text, d date);
