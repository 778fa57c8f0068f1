create table p (a integer, b integer default 1);
create table k (c integer) inherits (p);
create table l () inherits (k);
alter table k alter b set default 2;
alter table k alter a set not null;
alter table l add constraint x check (c > 0);
