create table t (a text default '5', b integer default 1 not null);
