create domain d as integer;
create table t (x d);
alter domain d add constraint c check (value < 10) not valid;
