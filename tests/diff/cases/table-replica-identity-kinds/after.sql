create table t (id integer primary key);
create table u (id integer primary key);
create table w (id integer not null);
create unique index wi on w (id);
alter table t replica identity nothing;
alter table u replica identity full;
