create table t (a integer primary key, b integer, unique (a, b));
create table u (a integer, b integer, constraint f foreign key (a, b) references t (a, b) match full on delete cascade);
