create table p (a integer, constraint c check (a > 0) no inherit);
create table k () inherits (p);
