create table t (a integer, b text);
create table u (id integer, r t);
create function f(t) returns integer language sql as 'select $1.a';
