create table t (a text, b text compression pglz, c text);
alter table t alter column a set storage external;
alter table t alter column c set statistics 50;
