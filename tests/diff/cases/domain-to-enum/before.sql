create domain s as text check (value in ('a', 'b'));
create table t (x s default 'a');
