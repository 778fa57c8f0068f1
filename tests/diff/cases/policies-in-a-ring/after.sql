create table t (a bigint, n integer);
create table u (b integer, n bigint);
create policy p on t using (exists (select 1 from u where u.b = t.a));
create policy p on u using (exists (select 1 from t where t.n = u.n));
