create table t (a integer primary key) partition by list (a);
create table t1 partition of t for values in (1);
create publication p for table t with (publish_via_partition_root = true);
