create domain d as bigint;
create function f(d) returns boolean language sql immutable as 'select $1 > 0';
create table t (x d check (f(x)));
create index i on t ((f(x)));
create policy p on t using (f(x));
