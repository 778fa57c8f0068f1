-- case: data is no matter
-- with: n
insert into t (id) values (1);
update t set id = 2;

-- case: a broken statement
-- finds: info 0.sql
create table t (id int);
create tabel u (id int);

-- case: made by a file that is broken elsewhere
-- finds: info 0.sql
-- finds: info 1.sql
create table t (id int);
create tabel u (id int);
-- file: 2.sql
create table t (id int);
