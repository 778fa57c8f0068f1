create table p (a integer not null, b text default 'x', constraint c check (a > 0));
create table k (a integer not null, b text default 'x', d date, constraint c check (a > 0));
