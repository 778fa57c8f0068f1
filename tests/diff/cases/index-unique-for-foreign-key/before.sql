create table t (a integer not null);
create unique index i on t (a);
create table u (a integer references t (a));
