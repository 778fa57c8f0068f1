create domain d as text;
create table t (x d);
create index i on t (x);
