create table t (a integer, b text, c date);
create table u (id integer, r t, rs t[]);
create function f(t) returns date language sql as 'select $1.c';
