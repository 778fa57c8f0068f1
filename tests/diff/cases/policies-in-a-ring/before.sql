create table t (a integer, n integer);
create table u (a integer, n integer);
create policy p on t using (exists (select 1 from u where u.a = t.a));
create policy p on u using (exists (select 1 from t where t.n = u.n));
