-- case: an index whose expression failed
-- finds: warning public.t.t_share
create table t (id bigint primary key, part integer, whole integer);
insert into t values (1, 1, 0);
create index concurrently t_share on t ((part / whole)); -- fails
update t set whole = 1;

-- case: the index of a partitioned table that some partition lacks
create table t (id bigint, day date) partition by range (day);
create table t_1 partition of t for values from ('2026-01-01') to ('2027-01-01');
create index t_day on only t (day);
