create table t (a text, b text, c text);
alter table t alter column b set storage main;
alter table t alter column c set (n_distinct = 5);
