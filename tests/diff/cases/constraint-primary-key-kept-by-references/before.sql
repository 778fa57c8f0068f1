create table t (a integer primary key, b integer unique);
create table u (t integer references t (b));
