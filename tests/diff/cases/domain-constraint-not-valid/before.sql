create domain d as integer;
create table t (x d);
