create table t (a integer primary key, b text, c integer);
create table u (a integer primary key);
create table w (a integer primary key);
create publication p for table t, u;
comment on publication p is 'pee';
