create table w (id integer not null, n integer not null);
create unique index wi on w (id, n);
alter table w replica identity using index wi;
