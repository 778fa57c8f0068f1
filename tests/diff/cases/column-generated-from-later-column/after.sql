create table t (id integer, y bigint generated always as (z * 2 + n) stored, z bigint, n bigint default 0);
