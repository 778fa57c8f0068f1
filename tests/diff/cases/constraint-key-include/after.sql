create table t (a integer, b integer, constraint k primary key (a) include (b) with (fillfactor = 50));
create table u (a integer references t);
