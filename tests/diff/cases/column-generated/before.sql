create table t (a integer, b integer, c integer generated always as (a * 2) stored);
