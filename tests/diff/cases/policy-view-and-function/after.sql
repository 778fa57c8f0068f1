create table t (a integer, b bigint);
create view mine as select a from t where b > 1;
create function ok(n integer) returns boolean language sql stable as 'select n > 0';
create policy p on t using (a in (select a from mine) and ok(a));
