create table t (a integer, b integer, constraint k primary key (a));
create table u (a integer references t);
