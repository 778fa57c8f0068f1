create table p (a integer not null, b text default 'x', constraint c check (a > 0));
create table k (d date) inherits (p);
