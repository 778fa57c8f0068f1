create table t (a integer, b integer);
create view mine as select a from t where b > 0;
create function ok(integer) returns boolean language sql stable as 'select $1 > 0';
create policy p on t using (a in (select a from mine) and ok(a));
