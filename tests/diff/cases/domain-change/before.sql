create domain d as text default 'x' constraint c check (value <> '') constraint k check (length(value) < 5);
create table t (x d);
