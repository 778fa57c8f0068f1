create table t (a integer primary key, b text, c integer);
create table u (a integer primary key);
create table w (a integer primary key);
create publication p for table t (a, c) where (a > 1), w;
comment on publication p is 'pee';
