create function f(a integer) returns setof integer language sql immutable leakproof parallel safe cost 7 rows 3 set search_path = public, pg_temp set work_mem = '8MB' as 'select a';
