-- case: two levels below
-- finds: error public.t1
-- finds: error public.t11
create table t (id int, k int) partition by range (id);
alter table t enable row level security;
create table t1 partition of t for values from (1) to (9) partition by range (k);
create table t11 partition of t1 for values from (1) to (2);

-- case: attached later
-- finds: error public.t1
create table t (id int) partition by range (id);
alter table t enable row level security;
create table t1 (id int);
alter table t attach partition t1 for values from (1) to (2);

-- case: detached again is a table of its own
create table t (id int) partition by range (id);
alter table t enable row level security;
create table t1 partition of t for values from (1) to (2);
alter table t detach partition t1;

-- case: out of reach
create table t (id int) partition by range (id);
alter table t enable row level security;
create table t1 partition of t for values from (1) to (2);
revoke all on t1 from anon, authenticated;
