create table t (a integer primary key, b integer);
create table u (a integer primary key);
create publication p for table t (a) where (a > 5), table u with (publish = 'insert', publish_via_partition_root = true);
comment on publication p is 'pub';
