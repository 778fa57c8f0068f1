create table a (id integer primary key, b integer, c integer);
create table b (id integer primary key, a integer references a);
create table c (id integer primary key, b integer references b, self integer references c);
alter table a add foreign key (b) references b, add foreign key (c) references c;
