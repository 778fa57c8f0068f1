create table t (a integer default 6, b text default 'one' not null);
