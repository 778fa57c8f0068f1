create table t (a integer primary key, b integer, unique (a, b));
create table u (a integer, b integer, constraint f foreign key (a, b) references t (a, b) on delete set null (b) on update cascade);
