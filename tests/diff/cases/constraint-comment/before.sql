create table t (a integer primary key, constraint c check (a > 0));
comment on constraint c on t is 'why';
