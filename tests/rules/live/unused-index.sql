-- case: used once is used
create table t (id bigint primary key, source text);
create index t_source on t (source);
insert into t select n, 'source ' || n from generate_series(1, 60000) as n;
analyze t;
do $$ begin for n in 1..1000 loop perform 1 from t where id = n; end loop; end $$;
select id from t where source = 'source 5';

-- case: nobody reads the table
create table t (id bigint primary key, source text);
create index t_source on t (source);
insert into t select n, 'source ' || n from generate_series(1, 60000) as n;

-- case: small
create table t (id bigint primary key, source text);
create index t_source on t (source);
insert into t select n, 'source ' || n from generate_series(1, 100) as n;
analyze t;
do $$ begin for n in 1..1000 loop perform 1 from t where id = n; end loop; end $$;

-- case: for a foreign key, a constraint, a policy and by expression
create table owners (id bigint primary key);
insert into owners values (1);
create table t (
  id bigint primary key, owner_id bigint references owners, code text unique, user_id uuid default gen_random_uuid()
);
create index t_owner on t (owner_id);
create index t_user on t (user_id);
create index t_lower on t (lower(code));
alter table t enable row level security;
create policy mine on t for select to authenticated using (user_id = (select auth.uid()));
insert into t (id, owner_id, code) select n, 1, 'code ' || n from generate_series(1, 60000) as n;
analyze t;
do $$ begin for n in 1..1000 loop perform 1 from t where id = n; end loop; end $$;

-- case: one of two
-- finds: info public.t.t_kind
create table t (id bigint primary key, source text, kind text);
create index t_source on t (source);
create index t_kind on t (kind);
insert into t select n, 'source ' || n, 'kind ' || n from generate_series(1, 60000) as n;
analyze t;
do $$ begin for n in 1..1000 loop perform 1 from t where source = 'source ' || n; end loop; end $$;
