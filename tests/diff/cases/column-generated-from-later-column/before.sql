create table t (id integer, y integer generated always as (z + 1) stored, z integer);
