create table t (id integer primary key, k integer not null);
create unique index k on t (k);
