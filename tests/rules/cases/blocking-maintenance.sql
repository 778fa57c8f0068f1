-- case: refresh
-- finds: warning public.m
create materialized view m as select 1 as a;
create unique index on m (a);
-- file: 2
refresh materialized view m;

-- case: refresh of one that cannot do better yet
-- finds: warning public.m
create materialized view m as select 1 as a;
-- file: 2
refresh materialized view m;

-- case: vacuum full
-- with: old
-- finds: warning public.n
-- file: 2
vacuum full n;

-- case: cluster
-- with: old
-- finds: warning public.n
-- file: 2
cluster n using n_pkey;

-- case: detach
-- finds: warning public.p
create table p (d date) partition by range (d);
create table p1 partition of p for values from ('2020-01-01') to ('2021-01-01');
create table p2 (d date);
-- file: 2
alter table p detach partition p1;

-- case: attach
-- finds: warning public.p2
create table p (d date) partition by range (d);
create table p1 partition of p for values from ('2020-01-01') to ('2021-01-01');
create table p2 (d date);
-- file: 2
alter table p attach partition p2 for values from ('2021-01-01') to ('2022-01-01');

-- case: refresh concurrently
create materialized view m as select 1 as a;
create unique index on m (a);
-- file: 2
refresh materialized view concurrently m;

-- case: refresh of one made in the same file
create materialized view m as select 1 as a;
refresh materialized view m;

-- case: refresh of one that was never filled
create materialized view m as select 1 as a with no data;
-- file: 2
refresh materialized view m;

-- case: vacuum and analyze
-- with: old
-- file: 2
vacuum n;
-- file: 3
analyze n;
-- file: 4
vacuum (full false) n;

-- case: attach of a new table
create table p (d date) partition by range (d);
create table p1 partition of p for values from ('2020-01-01') to ('2021-01-01');
create table p2 (d date);
-- file: 2
create table p3 (d date);
alter table p attach partition p3 for values from ('2021-01-01') to ('2022-01-01');

-- case: attach with a check
create table p (d date) partition by range (d);
create table p1 partition of p for values from ('2020-01-01') to ('2021-01-01');
create table p2 (d date);
alter table p2 add check (d >= '2021-01-01' and d < '2022-01-01' and d is not null);
-- file: 2
alter table p attach partition p2 for values from ('2021-01-01') to ('2022-01-01');

-- case: detach concurrently
create table p (d date) partition by range (d);
create table p1 partition of p for values from ('2020-01-01') to ('2021-01-01');
create table p2 (d date);
-- file: 2
alter table p detach partition p1 concurrently;
