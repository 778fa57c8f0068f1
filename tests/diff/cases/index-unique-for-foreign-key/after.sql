create table t (a integer not null, b integer not null default 1);
create unique index i on t (a, b);
create table u (a integer, b integer, foreign key (a, b) references t (a, b));
