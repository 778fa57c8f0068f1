create schema s;
create table t (a integer, b integer, c text);
